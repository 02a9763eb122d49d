from recommender.candidates import find_candidates
from recommender.options import find_options
from recommender.policy import Policy
from recommender.travel import travel_costs, unpriced_places
from tests.builders import office, rows, trainings

UNITS = rows("unit name city", "U Unit Pontianak", "V Unit -")
PRICES = rows(
    "item region amount",
    "per_diem_training Jawa~Barat 130000",
    "per_diem_training Kalimantan~Barat 110000",
    "transport Jawa~Barat 5000000",
    "lodging Jawa~Barat 700000",
)
CLASSES = rows(
    "offering training start_date end_date mode city province seat_cost",
    "K1 P1 2026-05-04 2026-05-06 - Bandung Jawa~Barat 1000000",
    "K2 P1 2026-05-04 2026-05-06 - Pontianak Kalimantan~Barat 900000",
    "K3 P1 2026-05-04 2026-05-06 online - - 0",
    "K4 P1 2026-05-04 2026-05-11 blended Bandung Jawa~Barat 0",
    "K5 P1 2026-05-04 2026-05-04 - Pontianak Kalimantan~Barat 0",
    "K6 P1 2026-05-04 2026-05-06 - - - 0",
)


def small(**given):
    given = {"units": UNITS, "price_book": PRICES, "offerings": CLASSES,
             "employees": rows("employee unit", "A U"), **trainings(P1="M.01 3"), **given}  # fmt: skip
    return office(**given)


def options(here):
    candidates = find_candidates(here.workforce, here.catalog, here.gaps(), here.on, Policy())
    return find_options(here.workforce, here.catalog, candidates, here.on, Policy())


def by_class(here, values):
    return dict(zip(here.catalog.offerings.ids[options(here).offering].tolist(), values.tolist(), strict=True))


def test_travel_out_of_town_in_town_and_online_fits_on_paper():
    here = small()
    travel = by_class(here, options(here).travel)
    assert travel["K1"] == 3 * 130_000 + 5_000_000 + 3 * 700_000
    assert travel["K2"] == 0  # 20 JP of 45 minutes over three days: five hours a day
    assert travel["K3"] == 0
    assert travel["K4"] == 2 * 130_000 + 5_000_000 + 2 * 700_000  # a quarter of eight days in person
    assert travel["K5"] == 110_000  # 15 hours in a day
    assert travel["K6"] == 0
    assert by_class(here, options(here).cost)["K1"] == 1_000_000 + travel["K1"]


def test_somebody_whose_town_is_not_known_travels_to_every_town():
    here = small(employees=rows("employee unit", "A V", "B -"))
    costs = travel_costs(here.catalog, here.workforce.units.city)
    found = options(here)
    assert costs[1, 1] == 3 * 110_000
    assert [int(found.travel[(found.employee == e) & (found.offering == 1)][0]) for e in (0, 1)] == [330_000] * 2


def test_places_without_a_price_are_named():
    assert unpriced_places(small().catalog, small().workforce.units) == ()
    far = rows("unit name city", "U Unit Jakarta")
    here = small(units=far)
    assert unpriced_places(here.catalog, here.workforce.units) == ("Kalimantan Barat",)
    assert (options(here).travel >= 0).all()


def test_the_latest_price_that_holds_counts():
    book = rows(
        "item region amount valid_from",
        "per_diem_training Kalimantan~Barat 100000 2024-01-01",
        "per_diem_training Kalimantan~Barat 110000 2026-01-01",
        "per_diem_training Kalimantan~Barat 999000 2027-01-01",
    )
    here = small(price_book=book)
    assert by_class(here, options(here).travel)["K5"] == 110_000


def test_online_and_short_classes_are_light():
    light = by_class(small(), options(small()).is_light)
    assert [name for name, is_light in light.items() if not is_light] == ["K4"]


def test_a_class_on_a_day_of_absence_or_after_retirement_is_no_option():
    here = small(absences=rows("employee start_date end_date", "A 2026-05-06 2026-05-20"))
    assert list(by_class(here, options(here).fee)) == ["K5"]
    until_the_first_day = small(absences=rows("employee start_date end_date", "A 2026-04-01 2026-05-04"))
    assert len(options(until_the_first_day).pair) == 0
    free = small(absences=rows("employee start_date end_date", "A 2026-05-12 2026-05-20"))
    assert len(options(free).pair) == 6
    leaving = small(
        employees=rows("employee unit retirement_date", "A U 2027-02-05"),
        offerings=rows("offering training start_date end_date", "K1 P1 2027-02-03 2027-02-04",
                       "K2 P1 2027-02-04 2027-02-05"),
    )  # fmt: skip
    assert list(by_class(leaving, options(leaving).fee)) == ["K1"]


def test_classes_that_began_or_were_cancelled_are_no_options():
    classes = rows(
        "offering training start_date end_date status",
        "K1 P1 2026-01-31 2026-02-05 open",
        "K2 P1 2026-02-01 2026-02-05 open",
        "K3 P1 2026-03-01 2026-03-05 cancelled",
        "K4 P1 2026-03-01 2026-03-05 closed",
        "K5 P9 2026-03-01 2026-03-05 open",
    )
    here = small(offerings=classes)
    assert list(by_class(here, options(here).fee)) == ["K2"]
