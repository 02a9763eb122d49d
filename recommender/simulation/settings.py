"""Settings of the simulated past. Assumptions unless a source is named; they are planted truth, not findings."""

YEARS_OF_HISTORY = 5
YEARS_OF_RATINGS = 7

SHARE_PPPK, SHARE_CPNS = 0.26, 0.03  # PNS 70-75 % with CPNS; national mix 2021 has PNS dominant in regions
SHARE_WOMEN = 0.53  # BKN, 31 Dec 2021
SHARE_NEVER_ASSESSED, SHARE_EXPIRED = 0.25, 0.15
SHARE_UNMATCHED_TITLES = 0.10
SHARE_SELF_RATED = 0.4
SHARE_INTERESTED = 0.08

LEVEL_BIAS, LEVEL_SPREAD = -0.35, 0.8  # assessed = required + N(-0.35, 0.8)
PERSON_SHARE = 0.4  # part of the spread that a person's competencies have in common
ASSESSMENT_ERROR, SELF_BIAS, SELF_ERROR = 0.35, 0.55, 0.6  # levels

GAIN, GAIN_SPREAD = 0.60, 0.20  # learning in SD, one SD a level: Arthur et al. 2003 for the mean
BLENDED_EXTRA = 0.1  # Sitzmann 2006, cautious
ENTRY_TOO_HIGH, BELOW_LEVEL = 0.5, 0.2  # factor for each level of too high an entry; for what is known already
FULL_DOSE, DOSE_FACTOR = 24.0, (0.4, 1.25)  # JP a competency for a full gain; gain grows with its root, within bounds
MOTIVATION_FACTOR = (0.6, 1.2)
TRANSFER = (0.4, 0.9)
HALF_LIFE_MONTHS = (6.5, 13.0)  # range of Tatel & Ackerman; here of the half of a gain that can be forgotten
SHARE_PRACTISED = 0.6
COMPLETION = {
    "face-to-face": 0.95,
    "blended": 0.88,
    "online": 0.45,
}  # online: voluntary .13-.35 and compulsory .90 mixed
COMPLETION_MOTIVATION, COMPLETION_INTEREST, COMPLETION_SHORTAGE = 1.2, 0.5, -1.2  # on the log-odds

TRAININGS_A_YEAR = 0.7
SELECTION_BY_RATING = 0.6  # log-rate of being sent, for each SD of past performance
SHARE_BY_OFFER = 0.35  # participations that come from an offer, whatever the person needs
RATING_BY_COMPETENCE = 0.2  # correlation of a year's rating with competence

SHARE_MEASURED_AGAIN = 0.8  # trainees who are assessed on the training's targets within a year
SATISFACTION_EFFECT = 4.0  # points a unit's satisfaction rises for a completed training a head, a year later
COMPLAINTS_EFFECT = 0.05  # share of complaints resolved, likewise

BUDGET_PER_HEAD = (
    530_000  # rupiah a year: about a third of what everybody's need would cost; the city's floor is near 640,000
)
CENTRAL_SHARE = 0.4
