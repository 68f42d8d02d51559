package dev.millrace.standalone.demo.shop;

import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/** People who look around, leave an e-mail address, and open the mails that they then get. */
final class Leads {

    private static final int FEWEST = 260;
    private static final int SPREAD = 60;
    private static final List<String> CAMPAIGNS =
            List.of("spring-menu", "free-delivery", "cup-final", "bring-a-friend");

    private final Diary diary;
    private int mails;

    Leads(Diary diary) {
        this.diary = diary;
    }

    void live(SplittableRandom random) {
        int count = FEWEST + random.nextInt(SPREAD);
        for (int number = 1; number <= count; number++) {
            live(number, random.split());
        }
    }

    private void live(int number, SplittableRandom random) {
        Person visitor =
                new Person(null, diary.name("visitor", number), "203.0.113." + number % 250);
        String email = diary.name("lead", number) + "@mail.example";
        String campaign = CAMPAIGNS.get(random.nextInt(CAMPAIGNS.size()));
        int visits = random.nextInt(7);
        Instant at = Season.moment(random.nextInt(Season.DAYS - 1), random);
        capture(visitor, number, email, campaign, at);
        for (int i = 0; i < visits && !Season.isOver(at); i++) {
            at = look(visitor, at.plusSeconds(3), random);
            at = at.plus(pause(random));
        }
        readMails(email, campaign, at, random);
    }

    private void capture(Person visitor, int number, String email, String campaign, Instant at) {
        ObjectNode properties = Diary.object();
        properties.put("lead_id", diary.name("lead", number));
        properties.put("email", email);
        properties.put("campaign", campaign);
        diary.track(Door.WEB, visitor, "Lead Captured", at, properties);
    }

    private Instant look(Person visitor, Instant from, SplittableRandom random) {
        Instant at = from;
        int pages = 1 + random.nextInt(5);
        for (int i = 0; i < pages && !Season.isOver(at); i++) {
            diary.page(visitor, i == 0 ? "/offers" : "/restaurants", at);
            at = at.plusMillis(5_000 + random.nextInt(900_000));
        }
        return at;
    }

    /** Some pauses are just longer than what ends a visit, and some just shorter. */
    private static Duration pause(SplittableRandom random) {
        return random.nextInt(4) == 0
                ? Duration.ofMinutes(10 + random.nextInt(50))
                : Season.span(Duration.ofDays(6), random).plusHours(1);
    }

    private void readMails(String email, String campaign, Instant from, SplittableRandom random) {
        Instant at = from;
        int opens = Math.max(0, random.nextInt(9) - 2);
        for (int i = 0; i < opens; i++) {
            at = at.plus(Season.span(Duration.ofDays(4), random));
            if (Season.isOver(at)) {
                return;
            }
            mails++;
            Person reader = new Person(null, diary.name("mail", mails), "192.0.2.7");
            ObjectNode properties = Diary.object();
            properties.put("email", email);
            properties.put("campaign", campaign);
            diary.track(Door.MAIL, reader, "Email Opened", at, properties);
        }
    }
}
