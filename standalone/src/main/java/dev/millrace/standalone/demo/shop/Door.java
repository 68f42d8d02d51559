package dev.millrace.standalone.demo.shop;

/** The ways into Millrace that the shop uses; each is a source of its project. */
public enum Door {
    /** The shop's site, through the Segment API. */
    WEB("web"),
    /** The mail provider, through the Segment API, where bad events are answered with 4xx. */
    MAIL("mail"),
    /** The delivery trucks, that write plain JSON to Kafka. */
    FLEET("fleet");

    private final String source;

    Door(String source) {
        this.source = source;
    }

    /** Name of the source in the project. */
    public String source() {
        return source;
    }
}
