import { eventId } from "../../domain/update.js";
import { must } from "./violation.js";
/**
 * A client with its connection. It holds every write against the rule: one update behind, it hears that one; further
 * behind or new, the register; up to date, nothing; and nothing at all while it does not read.
 */
export class Subscriber {
    id;
    around;
    stream;
    ending = 'open';
    congested = false;
    /** The id of the last event that it heard. */
    lastEventId = '';
    /** Positions in what was ever stored. */
    heard = [];
    #position = -1;
    #reads = true;
    #connected = true;
    constructor(id, around) {
        this.id = id;
        this.around = around;
    }
    /** Where it stands in what its instance was told: how much of it it has heard, or something that stands for that. */
    get position() {
        return this.#position;
    }
    /** It joins without hearing anything: there is nothing to hear, or it has heard the newest before. */
    standsAt(position) {
        this.#position = position;
    }
    heardBefore(id) {
        this.lastEventId = id;
        this.#note(id);
    }
    get isConnected() {
        return this.#connected;
    }
    stopReading() {
        this.#reads = false;
    }
    readOn() {
        this.#reads = true;
        this.congested = false;
        this.stream?.drained();
    }
    /** The connection breaks. The service learns of it by a write or by the transport, whichever comes first. */
    vanish() {
        this.#connected = false;
    }
    /** The transport tells that the connection is gone. */
    gone() {
        this.#connected = false;
        if (this.ending === 'open')
            this.ending = 'gone';
        this.stream?.gone();
    }
    write(frame) {
        return this.#checked(() => this.#hear(frame)) ?? 'closed';
    }
    writeKeepAlive() {
        return this.#checked(() => this.#take()) ?? 'closed';
    }
    rearm() {
        this.#checked(() => must(this.congested, 'only who does not read is re-armed', () => this.#name));
    }
    end() {
        // The write before it in the same effects may have met a closed connection.
        if (this.ending === 'gone')
            return;
        this.#checked(() => must(this.ending === 'open', 'a stream ends once', () => this.#name));
        this.ending = 'ended';
        this.around.report(`${this.#name} is ended`);
    }
    close() {
        this.#checked(() => {
            must(this.ending === 'open', 'a stream ends once', () => this.#name);
            must(this.congested, 'only who does not read is cut off', () => this.#name);
        });
        this.ending = 'closed';
        this.around.report(`${this.#name} is cut off`);
    }
    get #name() {
        return `subscriber ${this.id}`;
    }
    #checked(check) {
        try {
            return check();
        }
        catch (error) {
            this.around.failed(error);
            return undefined;
        }
    }
    #hear(frame) {
        this.#mayBeWrittenTo();
        if (!this.#connected)
            return this.#closed();
        const id = /^id: (.*)$/m.exec(frame)?.[1] ?? '';
        const { told } = this.around.told;
        const isSameAgain = this.around.wasMadeAnew() && told.some(({ original }) => eventId(original) === id);
        if (this.#position === told.length && isSameAgain)
            return this.#taken();
        must(this.#position < told.length, 'nobody is told twice', () => `${this.#name} is up to date, and hears ${id}`);
        const isNext = this.#position === told.length - 1;
        if (isNext) {
            const due = this.around.told.news;
            must(due !== undefined && eventId(due) === id, 'an up-to-date session hears log order', () => this.#heardFor(id));
        }
        else {
            must(this.#standsForTheRegister(id), 'who was behind hears the register', () => this.#heardFor(id));
        }
        this.#position = told.length;
        this.lastEventId = id;
        this.#note(id);
        this.around.report(`${this.#name} hears ${id}`);
        return this.#taken();
    }
    #take() {
        this.#mayBeWrittenTo();
        return this.#connected ? this.#taken() : this.#closed();
    }
    #mayBeWrittenTo() {
        must(this.ending === 'open', 'nothing is written after the end', () => this.#name);
        must(!this.congested, 'nothing is written to who does not read', () => this.#name);
    }
    #closed() {
        this.ending = 'gone';
        return 'closed';
    }
    #taken() {
        this.congested = !this.#reads;
        return this.congested ? 'congested' : 'sent';
    }
    /**
     * The register may not have been looked at since something in it has expired: then a greater one stands for it. And
     * where an operator has put the store back, the order of times says nothing about what is still shown.
     */
    #standsForTheRegister(id) {
        const { told } = this.around;
        const due = told.newest(this.around.retentionHorizonMs());
        const heard = told.told.findLastIndex(({ update, original }) => [update, original].some((one) => eventId(one) === id));
        if (heard < 0)
            return false;
        if (told.timesWentBack)
            return true;
        if (due === undefined)
            return this.#position >= 0;
        return (eventId(due) === id ||
            told.settles(heard, told.told.findLastIndex(({ update }) => update === due)));
    }
    #note(id) {
        const position = this.around.stored.told.findLastIndex(({ update }) => eventId(update) === id);
        must(position >= 0, 'nobody hears what was not stored', () => `${this.#name} hears ${id}`);
        this.heard.push(position);
    }
    #heardFor(id) {
        const told = this.around.told.told.map(({ update }) => eventId(update));
        return `${this.#name} at ${this.#position} of [${told.join(', ')}] hears ${id}`;
    }
}
//# sourceMappingURL=subscriber.js.map