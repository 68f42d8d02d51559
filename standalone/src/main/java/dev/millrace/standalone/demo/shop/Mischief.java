package dev.millrace.standalone.demo.shop;

import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What goes wrong between a sender and a warehouse: things come late, twice, or broken. */
final class Mischief {

    private static final int LATE_PER_MILLE = 30;
    private static final int DUPLICATES_PER_MILLE = 25;
    private static final int ODDITIES_OF_EACH_KIND = 9;
    private static final int OVER_32_KB = 40_000;
    private static final Person SOMEBODY = new Person("somebody", null, "192.0.2.9");
    private static final Person NOBODY = new Person(null, null, "192.0.2.9");

    private final SplittableRandom random;

    Mischief(SplittableRandom random) {
        this.random = random;
    }

    /** Writes broken messages between the others. */
    void breakSome(Diary diary) {
        for (int i = 0; i < ODDITIES_OF_EACH_KIND; i++) {
            noUser(diary);
            noEventName(diary);
            wrongShape(diary);
            wrongType(diary);
            tooLarge(diary);
            truncated(diary);
            unknownKey(diary);
            refusedStrictly(diary);
            diary.noise(Door.FLEET, sometime(), "{\"id\": \"half a record, \"order_id\":");
        }
    }

    /** The same messages, some of them later, and some of them again. */
    List<Message> delayAndRepeat(List<Message> messages) {
        List<Message> sent = new ArrayList<>(messages.size() + messages.size() / 20);
        for (Message message : messages) {
            Message first = message;
            boolean ordinary = message.nature() == Nature.ORDINARY;
            if (ordinary && random.nextInt(1000) < LATE_PER_MILLE) {
                Duration delay = Season.span(Duration.ofDays(2), random).plusHours(1);
                first = message.sent(message.at().plus(delay), Nature.LATE);
            }
            sent.add(first);
            if (ordinary && random.nextInt(1000) < DUPLICATES_PER_MILLE) {
                sent.add(first.sent(first.at().plus(again()), Nature.DUPLICATE));
            }
        }
        return sent;
    }

    /** At once, as an impatient sender would, or when a device wakes up a day later. */
    private Duration again() {
        return random.nextBoolean()
                ? Duration.ofMillis(1)
                : Season.span(Duration.ofHours(20), random).plusMillis(1);
    }

    private Instant sometime() {
        return Season.moment(random.nextInt(Season.DAYS), random);
    }

    private void noUser(Diary diary) {
        Instant at = sometime();
        ObjectNode call = diary.call("track", NOBODY, at);
        call.put("event", "Order Completed");
        call.putObject("properties").put("total", Diary.euros(99_999));
        diary.oddity(Door.WEB, "order_completed", at, Nature.NO_USER, call);
    }

    private void noEventName(Diary diary) {
        Instant at = sometime();
        ObjectNode call = diary.call("track", SOMEBODY, at);
        call.putObject("properties").put("total", Diary.euros(99_999));
        diary.oddity(Door.WEB, "", at, Nature.NO_EVENT_NAME, call);
    }

    private void wrongShape(Diary diary) {
        Instant at = sometime();
        ObjectNode call = diary.call("track", SOMEBODY, at);
        call.put("event", "Logged In");
        call.put("properties", "password");
        diary.oddity(Door.WEB, "logged_in", at, Nature.WRONG_SHAPE, call);
    }

    private void wrongType(Diary diary) {
        Instant at = sometime();
        ObjectNode call = diary.call("track", SOMEBODY, at);
        call.put("event", "Order Completed");
        call.putObject("properties").put("total", "for free");
        diary.oddity(Door.WEB, "order_completed", at, Nature.WRONG_TYPE, call);
    }

    private void tooLarge(Diary diary) {
        Instant at = sometime();
        ObjectNode call = diary.call("track", SOMEBODY, at);
        call.put("event", "Logged In");
        call.putObject("properties").put("method", "x".repeat(OVER_32_KB));
        diary.oddity(Door.WEB, "logged_in", at, Nature.TOO_LARGE, call);
    }

    private void truncated(Diary diary) {
        Instant at = sometime();
        ObjectNode call = diary.call("track", SOMEBODY, at);
        call.put("event", "Logged In");
        diary.oddity(Door.WEB, "logged_in", at, Nature.TRUNCATED, call);
    }

    private void unknownKey(Diary diary) {
        Instant at = sometime();
        ObjectNode call = diary.call("track", SOMEBODY, at);
        call.put("event", "Signed Up");
        call.putObject("properties").put("city", "Atlantis");
        diary.oddity(Door.WEB, "signed_up", at, Nature.UNKNOWN_KEY, call);
    }

    private void refusedStrictly(Diary diary) {
        Instant at = sometime();
        ObjectNode call = diary.call("track", NOBODY, at);
        call.put("event", "Email Opened");
        diary.oddity(Door.MAIL, "email_opened", at, Nature.REFUSED_STRICTLY, call);
    }
}
