package dev.millrace.ingestion.tracking;

/** A request of which nothing is taken, with what its caller is told. */
final class WrongRequestException extends Exception {

    private final transient Answer.Wrong answer;

    WrongRequestException(Answer.Wrong answer) {
        super(answer.message());
        this.answer = answer;
    }

    Answer.Wrong answer() {
        return answer;
    }
}
