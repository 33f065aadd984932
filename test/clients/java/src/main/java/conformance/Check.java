package conformance;

import java.util.Objects;

/** What one operation gives: a line for each thing that is checked, on the standard output. */
record Check(String operation) {
    static Check of(String operation) {
        return new Check(operation);
    }

    /** Ends the run at the first difference. */
    Check gives(String what, Object found, Object meant) {
        if (!Objects.equals(found, meant)) {
            throw new Difference("%s: %s%n  found %s%n  meant %s".formatted(operation, what, found, meant));
        }
        System.out.println("ok java " + operation + ": " + what);
        return this;
    }

    /** For values of the SDK that stand for a word of the wire; one that is not there is null. */
    Check says(String what, Object found, String meant) {
        return gives(what, found == null ? null : found.toString(), meant);
    }

    /** Something is not as it was meant; the message says all that there is to say. */
    static final class Difference extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Difference(String message) {
            super(message);
        }
    }
}
