"""Examples of what is answered about the small office of `examples`: lists, plans, money, and who did what."""

from typing import Any

Example = dict[str, Any]
NIP = "198001012005012009"
PLAN, LIST, CATALOG = "p-1a2b3c4d5e6f", "d-13e882f5d14a4657", "c-bf0589247ca3"
DAY, MOMENT = "2027-01-04", "2027-01-04T08:00:00Z"
PERSON: Example = {"employee": NIP, "name": "Eka Lestari", "position": "Analis Kebijakan", "unit": "Dinas Kesehatan"}
GAP: Example = {"competency": "M.01", "name": "Integritas", "required": 3.0, "assessed": 2.0, "deficit": 1.0,
                "state": "deficit", "assessed_on": "2026-11-02", "self_rated": None, "default": False}  # fmt: skip
ITEM: Example = {
    "rank": 1, "training": "P1", "name": "Integritas pelayan publik", "offering": "P1-1", "benefit": 0.62, "low": 0.31,
    "high": 0.88, "completion": 0.93, "cost": 1_500_000, "hours": 24.0, "mode": "online", "start": "2027-03-01",
    "end": "2027-03-03", "reasons": [{"code": "closes-deficit", "competency": "M.01", "levels": 1.0,
                                      "text": "Menggarap 1 level Integritas: syarat 3, hasil asesmen 2."}],
}  # fmt: skip
RECOMMENDATIONS: Example = {
    "list": LIST, **PERSON, "on": DAY, "model": "rule", "catalog": CATALOG, "state": "rule",
    "verdict": "belum ada model yang disetujui", "gaps": [GAP], "notice": None, "items": [ITEM],
    "left_out": [{"training": "P7", "code": "already-taken",
                  "text": "Sudah pernah diikuti, pada edisi ini atau edisi lain."}],
}  # fmt: skip
LINE: Example = {"line": "L1", "planned": 1_500_000, "reserve": 0, "spent": 0, "free": 248_500_000, "price": 0.0}
REASON: Example = {"employee": NIP, "code": "no-offering", "training": None, "offering": None, "needs": 0,
                   "text": "Tidak ada kelas pelatihan yang sesuai pada tahun ini."}  # fmt: skip
TOTALS: Example = {"plan": PLAN, "state": "draft", "year": 2027, "status": "optimal", "gap": 0.0, "cost": 1_500_000,
                   "assignments": 1, "people": 1}  # fmt: skip
DOCUMENT: Example = {
    **TOTALS, "objective": 0.62, "bound": 0.62, "benefit": 0.62, "lines": [LINE],
    "offerings": [{"offering": "P1-1", "opened": True, "seats": 40, "taken": 1, "code": "opened"}], "clashes": [],
    "unmet_by_code": {"no-offering": 1}, "warnings": [], "verified": {"ok": True, "violations": []}, "model": "rule",
    "model_state": "rule", "catalog": CATALOG, "solver": "exact", "stopped_by_clock": False,
    "tie_rule": "Among equally good plans: the lower employee id, then the lower offering id.",
    "chosen": [{"employee": NIP, "offering": "P1-1", "training": "P1", "cost": 1_500_000, "benefit": 0.62}],
    "unmet": [REASON],
}  # fmt: skip

ANSWERS: dict[str, Example] = {
    "Recommendations": RECOMMENDATIONS,
    "Standing": {
        **PERSON, "on": DAY, "model": "rule", "catalog": CATALOG, "state": "rule", "training": "P2",
        "training_name": "Komunikasi Dasar", "rank": 3, "benefit": 0.31, "low": 0.0, "high": 0.7, "completion": 0.93,
        "code": None, "text": "Pelatihan ini berada di urutan 3 dalam daftar.", "reasons": ITEM["reasons"],
        "changes": [{"competency": "M.03", "level": 1.0}],
        "change_text": "Dengan hasil penilaian level 1 pada Komunikasi, pelatihan ini akan menempati urutan pertama.",
    },
    "AskedAll": {"items": [
        {"employee": NIP, "status": "ok", "recommendations": RECOMMENDATIONS, "errors": []},
        {"employee": "198001012005012010", "status": "not-found", "recommendations": None, "errors": [
            {"pointer": "/employees/1", "code": "unknown-id", "message": "tidak ada pegawai dengan nomor ini"}]},
    ]},
    "Ranking": {
        "list": LIST, "employee": NIP, "on": DAY, "model": "rule", "catalog": CATALOG, "state": "rule",
        "items": [{"training": "P1", "rank": 1, "benefit": 0.62, "low": 0.31, "high": 0.88, "completion": 0.93,
                   "code": None, "reasons": ITEM["reasons"]}],
    },
    "GapList": {**PERSON, "on": DAY, "catalog": CATALOG, "gaps": [GAP], "job_person_match": 66.7},
    "PersonHistory": {
        "employee": NIP, "year": 2027, "hours": 0.0, "hours_floor": 20.0, "hours_cap": None, "by_form": [],
        "items": [{"training": "P1", "name": "Integritas pelayan publik", "start": None, "end": "2024-05-17",
                   "hours": None, "status": "completed"}],
    },
    "Erased": {"rows": 12},
    "Opened": {"token": "bs_...", "expires_at": "2027-01-04T20:00:00Z", "must_change_password": False},
    "Me": {"kind": "key", "role": "system", "employee": None, "units": None, "scopes": ["people:read"],
           "must_change_password": False},
    "PlanList": {"items": [{**TOTALS, "created_on": DAY, "name": "Rencana 2027"}]},
    "PlanDocument": DOCUMENT,
    "PlanLines": {"plan": PLAN, "lines": [LINE]},
    "PriceList": {"plan": PLAN, "unit": "weighted levels per million rupiah",
                  "prices": [{"line": "L1", "name": "Pelatihan", "price": 0.0, "free": 248_500_000}],
                  "limits": [{"kind": "seat", "subject": "P1-1", "price": 0.25, "text": "Satu kursi lagi di Integritas "
                              "pelayan publik, kelas P1-1, akan menutup sekitar 0,25 level lagi."}]},
    "WhyList": {"plan": PLAN, "employee": NIP, "reasons": [REASON]},
    "Movements": {"next": None, "items": [
        {"entry": 5, "made_at": MOMENT, "author": "key:k-dg4etx4iua", "plan": PLAN, "year": 2027, "line": "L1",
         "seat": "s-0b1c2d3e4f5a", "offering": "P1-1", "part": "fee", "kind": "reserve", "reserved": 1_500_000,
         "spent": 0}]},
    "ModelList": {"serving": "rule", "items": []},
    "DecisionList": {"items": [
        {"decision": LIST, "made_at": MOMENT, "author": "key:k-dg4etx4iua", "kind": "list", "subject": "s-77d0",
         "as_of": DAY, "change": 23, "catalog": CATALOG, "model": "rule", "request": {"limit": 10},
         "result": "523097a223d83fe9"}]},
    "AccessList": {"items": [
        {"made_at": MOMENT, "actor": "user:ani", "kind": "key-created", "subject": "key:k-dg4etx4iua",
         "outcome": "done", "details": {"label": "sistem kepegawaian", "scopes": ["people:read"]}}]},
}  # fmt: skip
