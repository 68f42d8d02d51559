package dev.millrace.transform.jinja;

import java.util.ArrayList;
import java.util.List;

/** What a template prints, with the places that it comes from. */
final class Output {

    private final StringBuilder text = new StringBuilder();
    private final List<Rendered.Origin> origins = new ArrayList<>();
    private final Budget budget;

    Output(Budget budget) {
        this.budget = budget;
    }

    void append(String piece, Place place, boolean literal) {
        budget.spend(piece.length());
        origins.add(new Rendered.Origin(text.length(), place, literal));
        text.append(piece);
    }

    Rendered rendered() {
        return new Rendered(text.toString(), origins);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
