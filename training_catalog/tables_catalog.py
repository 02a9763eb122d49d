"""Tables of what can be learned, what positions ask for, and what things cost."""

from training_catalog.schema import Column, Table

_VALID_FROM = Column(
    name="valid_from", kind="date", header_id="Berlaku Mulai", header_en="Valid from",
    meaning="First day on which the row holds.", aliases=("tmt", "mulai berlaku", "tanggal berlaku"),
)  # fmt: skip
_VALID_UNTIL = Column(
    name="valid_until", kind="date", header_id="Berlaku Sampai", header_en="Valid until",
    meaning="Last day on which the row holds; empty while it still holds.", aliases=("sampai", "akhir berlaku"),
)  # fmt: skip
_SOURCE = Column(
    name="source", kind="text", header_id="Sumber", header_en="Source",
    meaning="Document or regulation the row comes from.", aliases=("dasar", "dasar hukum", "sumber dokumen"),
)  # fmt: skip
DIRECTIONS = (("higher", ("higher", "naik", "tinggi lebih baik")), ("lower", ("lower", "turun", "rendah lebih baik")))
OPEN_STATES = (
    ("open", ("open", "buka", "dibuka", "aktif")),
    ("closed", ("closed", "tutup", "ditutup", "selesai", "nonaktif")),
    ("cancelled", ("cancelled", "batal", "dibatalkan", "canceled")),
)
MODES = (
    ("face-to-face", ("face-to-face", "tatap muka", "klasikal", "luring", "offline", "in person")),
    ("online", ("online", "daring", "e-learning", "jarak jauh")),
    ("blended", ("blended", "campuran", "blended learning", "hibrida", "hybrid")),
)
# Headers that titles of trainings and their hours stand under, in the catalogue and in what people took.
TITLES = (
    "judul", "pelatihan", "judul pelatihan", "nama_diklat", "nama_kursus", "nama_kegiatan", "diklat", "kursus", "bimtek",
    "nama bimtek", "judul diklat", "judul kursus", "nama diklat/kursus", "nama pelatihan/diklat", "nama diklat/pelatihan",
    "nama pelatihan/kursus", "nama diklat/bimtek", "nama pelatihan/bimtek", "nama seminar/workshop", "nama webinar",
    "nama program", "nama program pelatihan", "nama pengembangan kompetensi", "pelatihan yang diikuti",
    "nama pelatihan yang diikuti", "diklat yang diikuti", "training name", "training title", "course", "course name",
    "course title",
)  # fmt: skip
HOURS = (
    "jp", "jpl", "jumlah_jp", "jumlah jpl", "total jp", "lama jp", "durasi jp", "beban jp", "jp konversi", "jp diakui", "jam pelajaran",
    "jumlah jam pelajaran", "total jam pelajaran", "jumlah_jam", "lama diklat (jp)", "durasi", "pola durasi",
)  # fmt: skip

FRAMEWORKS = Table(
    name="frameworks", title_id="Kerangka", title_en="Frameworks", key=("framework",),
    meaning="Competency dictionaries, each with its own scale and direction.",
    columns=(
        Column(name="framework", kind="id", required=True, header_id="Kode Kerangka", header_en="Framework",
               meaning="Code of the framework.", aliases=("kerangka", "kamus")),
        Column(name="name", kind="text", required=True, header_id="Nama Kerangka", header_en="Name",
               meaning="Full name.", aliases=("nama",)),
        Column(name="level_min", kind="decimal", header_id="Level Terendah", header_en="Lowest level",
               meaning="Lowest level of the scale; empty for a framework without levels.", aliases=("level_min", "min")),
        Column(name="level_max", kind="decimal", header_id="Level Tertinggi", header_en="Highest level",
               meaning="Highest level of the scale; empty for a framework without levels.",
               aliases=("level_maks", "level_max", "maks", "max")),
        Column(name="direction", kind="choice", choices=DIRECTIONS, header_id="Arah", header_en="Direction",
               meaning="Whether a higher or a lower level is better; higher when empty."),
        _SOURCE,
    ),
)  # fmt: skip

COMPETENCIES = Table(
    name="competencies", title_id="Kompetensi", title_en="Competencies", key=("competency",),
    meaning="Competencies, each in one framework.",
    columns=(
        Column(name="competency", kind="id", required=True, header_id="Kode Kompetensi", header_en="Competency",
               meaning="Code of the competency.", aliases=("kode", "kode_kompetensi", "element_id", "id kompetensi")),
        Column(name="name", kind="text", required=True, header_id="Nama Kompetensi", header_en="Name",
               meaning="Name in the office's language.", aliases=("nama", "kompetensi", "element")),
        Column(name="name_en", kind="text", header_id="Nama Inggris", header_en="English name",
               meaning="Name in English.", aliases=("nama_en",)),
        Column(name="framework", kind="id", references="frameworks", header_id="Kode Kerangka", header_en="Framework",
               meaning="Framework whose scale applies; ASN when empty.", aliases=("kerangka", "kamus")),
        Column(name="kind", kind="choice", header_id="Jenis Kompetensi", header_en="Kind",
               meaning="Technical, managerial, socio-cultural or other.", aliases=("jenis",),
               choices=(("technical", ("technical", "teknis")), ("managerial", ("managerial", "manajerial")),
                        ("socio-cultural", ("socio-cultural", "sosial kultural", "sosiokultural")),
                        ("other", ("other", "lainnya")))),
        Column(name="parent", kind="id", references="competencies", header_id="Kode Induk", header_en="Parent",
               meaning="Competency or group it belongs to.", aliases=("induk", "kode_induk", "parent")),
        Column(name="weight", kind="decimal", header_id="Bobot", header_en="Weight",
               meaning="Weight of one level in the benefit; when empty 1 on a scale of 1 to 5, on others in proportion."),
        Column(name="sequence", kind="integer", header_id="Urutan", header_en="Order",
               meaning="Place among its siblings in lists; by code when empty.", aliases=("nomor urut", "no. urut")),
        Column(name="definition", kind="text", header_id="Definisi", header_en="Definition",
               meaning="What the competency is.", aliases=("description", "deskripsi", "uraian")),
    ),
)  # fmt: skip

POSITIONS = Table(
    name="positions", title_id="Jabatan", title_en="Positions", key=("position",),
    meaning="Positions, each with the class whose default standard applies until it has its own.",
    columns=(
        Column(name="position", kind="id", required=True, header_id="Kode Jabatan", header_en="Position",
               meaning="Code of the position.", aliases=("kode_jabatan", "kode_posisi", "onet_soc", "id jabatan")),
        Column(name="name", kind="text", required=True, header_id="Nama Jabatan", header_en="Name",
               meaning="Name of the position.", aliases=("nama", "jabatan", "nama_posisi", "title")),
        Column(name="position_class", kind="text", header_id="Jenjang Jabatan", header_en="Position class",
               meaning="Class, such as Pengawas or JF Ahli Muda.", aliases=("jenjang", "kelas jabatan")),
        Column(name="parent", kind="id", references="positions", header_id="Kode Atasan", header_en="Superior",
               meaning="Position above.", aliases=("atasan", "kode_posisi_superior", "superior")),
    ),
)  # fmt: skip

REQUIREMENTS = Table(
    name="requirements", title_id="Standar Kompetensi", title_en="Position standards",
    key=("position", "competency", "valid_from"),
    meaning="Level of each competency that a position asks for, from a day on.",
    columns=(
        Column(name="position", kind="id", required=True, references="positions", header_id="Kode Jabatan",
               header_en="Position", meaning="Position.", aliases=("kode_jabatan", "jabatan", "onet_soc")),
        Column(name="competency", kind="id", required=True, references="competencies", header_id="Kode Kompetensi",
               header_en="Competency", meaning="Competency.", aliases=("kode_kompetensi", "kompetensi", "element_id", "nama kompetensi", "kode")),
        Column(name="level", kind="level", required=True, header_id="Level Syarat", header_en="Required level",
               meaning="Required level on the framework's scale.", aliases=("level", "standar", "required_level", "level standar", "level dipersyaratkan", "level yang dipersyaratkan",
                                                                                 "level minimal", "syarat level", "standar level", "level jabatan")),
        Column(name="weight", kind="decimal", header_id="Bobot", header_en="Weight",
               meaning="Importance of the competency in this position; 1 when empty.", aliases=("importance",)),
        _VALID_FROM, _VALID_UNTIL, _SOURCE,
    ),
)  # fmt: skip

POSITION_DEFAULTS = Table(
    name="position_defaults", title_id="Standar Baku Jenjang", title_en="Default standards",
    key=("position_class", "competency", "valid_from"),
    meaning="Default standard of a position class, used and labelled as default where a position has none of its own.",
    columns=(
        Column(name="position_class", kind="text", required=True, header_id="Jenjang Jabatan",
               header_en="Position class", meaning="Position class.", aliases=("jenjang",)),
        Column(name="competency", kind="id", required=True, references="competencies", header_id="Kode Kompetensi",
               header_en="Competency", meaning="Competency.", aliases=("kode_kompetensi",)),
        Column(name="level", kind="level", required=True, header_id="Level Syarat", header_en="Required level",
               meaning="Required level.", aliases=("level",)),
        _VALID_FROM, _VALID_UNTIL, _SOURCE,
    ),
)  # fmt: skip

TRAININGS = Table(
    name="trainings", title_id="Pelatihan", title_en="Trainings", key=("training",),
    meaning="Trainings: what is taught, in which form and mode, how many hours.",
    columns=(
        Column(name="training", kind="id", required=True, header_id="Kode Pelatihan", header_en="Training",
               meaning="Code of the training.", aliases=("kode", "kode_pelatihan", "kode_diklat", "kode kursus", "id pelatihan", "kode program", "training code", "course code")),
        Column(name="name", kind="text", required=True, header_id="Nama Pelatihan", header_en="Name",
               meaning="Title.", aliases=("nama", "nama_kegiatan_diklat", *TITLES)),
        Column(name="topic", kind="text", header_id="Rumpun", header_en="Topic", meaning="Topic group.",
               aliases=("topik", "rumpun_diklat")),
        Column(name="form", kind="id", header_id="Bentuk", header_en="Form",
               meaning="Development form code, such as B3 or C3.", aliases=("kode_bentuk", "jenis_pengembangan")),
        Column(name="mode", kind="choice", choices=MODES, header_id="Metode", header_en="Mode",
               meaning="Face-to-face, online or blended; face-to-face when empty.", aliases=("moda", "mode", "moda_pelatihan", "metode_pelatihan")),
        Column(name="hours", kind="hours", header_id="JP", header_en="Hours (JP)",
               meaning="Learning hours of 45 minutes; 0 is counted when empty.", aliases=HOURS),
        Column(name="provider", kind="text", header_id="Penyelenggara", header_en="Provider", meaning="Organiser.",
               aliases=("institusi_penyelenggara",)),
        Column(name="series", kind="id", references="trainings", header_id="Edisi Dari", header_en="Edition of",
               meaning="Training of which this is another edition.", aliases=("edisi_dari", "edisi")),
        Column(name="status", kind="choice", choices=OPEN_STATES, header_id="Status", header_en="Status",
               meaning="Open or closed; open when empty."),
        Column(name="position_classes", kind="list", header_id="Jenjang Sasaran", header_en="Position classes",
               meaning="Position classes it is for; everybody when empty.", aliases=("sasaran jenjang",)),
        Column(name="employment_types", kind="list", header_id="Jenis Pegawai Sasaran", header_en="Employment types",
               meaning="Employment types it is for; everybody when empty.", aliases=("sasaran pegawai",)),
        Column(name="retake_after_years", kind="integer", header_id="Boleh Diulang Setelah (Tahun)",
               header_en="Retake after (years)", meaning="Years before it may be taken again; policy's when empty."),
    ),
)  # fmt: skip

TRAINING_TARGETS = Table(
    name="training_targets", title_id="Sasaran Kompetensi", title_en="Training targets",
    key=("training", "competency"),
    meaning="What a training teaches: from which level to which.",
    columns=(
        Column(name="training", kind="id", required=True, references="trainings", header_id="Kode Pelatihan",
               header_en="Training", meaning="Training.", aliases=("kode_pelatihan", "kode")),
        Column(name="competency", kind="id", required=True, references="competencies", header_id="Kode Kompetensi",
               header_en="Competency", meaning="Competency taught.", aliases=("kode_kompetensi", "kompetensi")),
        Column(name="level_from", kind="level", header_id="Level Awal", header_en="From level",
               meaning="Level a participant should already have; one below the target when empty.",
               aliases=("dari level",)),
        Column(name="level_to", kind="level", required=True, header_id="Level Tujuan", header_en="To level",
               meaning="Level the training leads to.", aliases=("level", "ke level")),
    ),
)  # fmt: skip

PREREQUISITES = Table(
    name="prerequisites", title_id="Prasyarat", title_en="Prerequisites", key=("training", "requires"),
    meaning="Trainings that must be completed first.",
    columns=(
        Column(name="training", kind="id", required=True, references="trainings", header_id="Kode Pelatihan",
               header_en="Training", meaning="Training.", aliases=("kode_pelatihan", "kode")),
        Column(name="requires", kind="id", required=True, references="trainings", header_id="Kode Prasyarat",
               header_en="Requires", meaning="Training that comes first.", aliases=("prasyarat",)),
    ),
)  # fmt: skip

OFFERINGS = Table(
    name="offerings", title_id="Kelas", title_en="Offerings", key=("offering",),
    meaning="Dated classes with seats and cost.",
    columns=(
        Column(name="offering", kind="id", required=True, header_id="Kode Kelas", header_en="Offering",
               meaning="Code of the class.", aliases=("kode_kelas", "angkatan", "kelas", "class code")),
        Column(name="training", kind="id", required=True, references="trainings", header_id="Kode Pelatihan",
               header_en="Training", meaning="Training.", aliases=("kode_pelatihan", "kode")),
        Column(name="start_date", kind="date", required=True, header_id="Tanggal Mulai", header_en="Start",
               meaning="First day.", aliases=("mulai", "tgl_mulai", "tanggal awal", "tanggal pembukaan", "tanggal mulai pelaksanaan", "dari")),
        Column(name="end_date", kind="date", required=True, header_id="Tanggal Selesai", header_en="End",
               meaning="Last day.", aliases=("selesai", "tgl_selesai", "akhir", "tanggal berakhir")),
        Column(name="mode", kind="choice", choices=MODES, header_id="Metode", header_en="Mode",
               meaning="Mode of this class; the training's when empty.", aliases=("moda",)),
        Column(name="city", kind="text", header_id="Kota", header_en="City", meaning="Where it is held.",
               aliases=("tempat", "lokasi")),
        Column(name="province", kind="text", header_id="Provinsi", header_en="Province",
               meaning="Province, as in the price book."),
        Column(name="fixed_cost", kind="money", header_id="Biaya Kelas", header_en="Fixed cost",
               meaning="Cost of opening the class, in rupiah.", aliases=("biaya_tetap",)),
        Column(name="seat_cost", kind="money", header_id="Biaya per Peserta", header_en="Cost per head",
               meaning="Course fee per participant, in rupiah.", aliases=("biaya", "kontribusi", "biaya_peserta", "biaya per orang", "biaya/orang", "biaya satuan",
                                                                         "biaya kontribusi", "tarif", "unit cost", "cost per seat", "cost per person")),
        Column(name="seats_min", kind="integer", header_id="Peserta Minimum", header_en="Seats min",
               meaning="Fewest participants with which it opens.", aliases=("min", "minimum", "min_peserta", "peserta_min", "kuota_min", "kuota_minimum")),
        Column(name="seats_max", kind="integer", header_id="Kuota", header_en="Seats max",
               meaning="Seats.", aliases=("maks", "kuota", "quota", "jumlah sasaran kuota", "pst", "max", "kapasitas", "capacity",
                                        "maksimal peserta", "peserta maksimal", "kuota_maks", "peserta maksimum", "kuota maksimum", "daya tampung", "jumlah kursi")),
        Column(name="budget_line", kind="id", references="budgets", header_id="Kode Anggaran", header_en="Budget line",
               meaning="Line that pays the fixed cost; the central line when empty.", aliases=("mata_anggaran",)),
        Column(name="status", kind="choice", choices=OPEN_STATES, header_id="Status", header_en="Status",
               meaning="Open, closed or cancelled; open when empty."),
    ),
)  # fmt: skip

PRICE_BOOK = Table(
    name="price_book", title_id="Standar Harga", title_en="Price book", key=("item", "region", "valid_from"),
    meaning="Unit price ceilings by region and year, such as the daily allowance.",
    columns=(
        Column(name="item", kind="id", required=True, header_id="Kode Harga", header_en="Item",
               meaning="per_diem_training, per_diem_travel, transport or lodging.", aliases=("item",)),
        Column(name="region", kind="text", required=True, header_id="Daerah", header_en="Region",
               meaning="Province of destination.", aliases=("provinsi", "province")),
        Column(name="amount", kind="money", required=True, header_id="Besaran", header_en="Amount",
               meaning="Rupiah per unit.", aliases=("harga", "tarif")),
        Column(name="unit", kind="text", header_id="Satuan", header_en="Unit",
               meaning="person-day, person-trip or person-night."),
        _VALID_FROM, _SOURCE,
    ),
)  # fmt: skip

HOUR_RULES = Table(
    name="hour_rules", title_id="Konversi JP", title_en="Hour rules", key=("form", "scope", "valid_from"),
    meaning="How each development form turns days, sessions or lessons into JP.",
    columns=(
        Column(name="form", kind="id", required=True, header_id="Bentuk", header_en="Form", meaning="Form code."),
        Column(name="name", kind="text", header_id="Nama Bentuk", header_en="Form name", meaning="Name of the form."),
        Column(name="scope", kind="choice", header_id="Lingkup", header_en="Scope", meaning="National or international.",
               choices=(("national", ("national", "nasional")), ("international", ("international", "internasional")))),
        Column(name="per", kind="choice", required=True, header_id="Per", header_en="Per",
               meaning="Unit that is counted.",
               choices=tuple((p, (p, i)) for p, i in (("actual", "aktual"), ("day", "hari"), ("session", "sesi"),
                             ("semester", "smt"), ("assignment", "penugasan"), ("visit", "kunjungan")))),
        Column(name="rate", kind="decimal", required=True, header_id="Tarif JP", header_en="Rate",
               meaning="JP per unit; a factor for actual hours."),
        Column(name="daily_cap", kind="decimal", header_id="Maks per Hari", header_en="Daily cap",
               meaning="Most JP in a day."),
        Column(name="monthly_session_cap", kind="integer", header_id="Maks Sesi per Bulan",
               header_en="Monthly session cap", meaning="Most sessions in a month."),
        _VALID_FROM, _SOURCE,
    ),
)  # fmt: skip

ACCOUNTS = Table(
    name="accounts", title_id="Rekening Belanja", title_en="Accounts", key=("account",),
    meaning="Expenditure accounts: which pay course fees, which pay travel, and for which forms.",
    columns=(
        Column(name="account", kind="id", required=True, header_id="Rekening", header_en="Account",
               meaning="Account code, or the beginning of it.", aliases=("kode_rekening", "kode akun")),
        Column(name="name", kind="text", header_id="Nama Rekening", header_en="Account name", meaning="Name.",
               aliases=("uraian",)),
        Column(name="purpose", kind="choice", required=True, header_id="Kegunaan", header_en="Purpose",
               meaning="Fee or travel.", choices=(("fee", ("fee", "kontribusi", "biaya")),
                                                  ("travel", ("travel", "perjalanan", "perjalanan dinas")))),
        Column(name="forms", kind="list", header_id="Bentuk", header_en="Forms",
               meaning="Form codes it pays for; every form not named by another account when empty."),
        _VALID_FROM, _SOURCE,
    ),
)  # fmt: skip

CATALOG_TABLES = (
    FRAMEWORKS, COMPETENCIES, POSITIONS, REQUIREMENTS, POSITION_DEFAULTS, TRAININGS, TRAINING_TARGETS,
    PREREQUISITES, OFFERINGS, PRICE_BOOK, HOUR_RULES, ACCOUNTS,
)  # fmt: skip
