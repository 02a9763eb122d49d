"""Tables of people, their levels, their past and the money of their units."""

from dataclasses import replace

from training_catalog.schema import Column, Table
from training_catalog.tables_catalog import DIRECTIONS, HOURS, TITLES

_NUMBERS = (  # headers that employee numbers stand under
    "nip", "nip_baru", "nip baru", "nomor induk pegawai", "nik", "nomor induk karyawan", "id pegawai", "nomor pegawai",
    "no pegawai", "no. pegawai", "nip pegawai", "employee id", "employee number", "nip/ni pppk", "ni pppk", "nip/nipppk",
    "nipppk", "nip/nrp", "no nip", "no. nip", "nomor nip", "nip asn", "nip pns", "nomor induk", "no. induk", "no. induk pegawai",
    "nomor induk pegawai (nip)", "employee no", "emp id", "staff id", "personnel number",
)  # fmt: skip
_EMPLOYEE = Column(
    name="employee", kind="id", required=True, references="employees", header_id="NIP", header_en="Employee",
    meaning="Employee number, as text.", aliases=_NUMBERS,
)  # fmt: skip
_EMPLOYEE_KEY = Column(
    name="employee", kind="id", required=True, header_id="NIP", header_en="Employee",
    meaning="Employee number, as text.", aliases=_NUMBERS,
)  # fmt: skip
_UNIT = Column(
    name="unit", kind="id", required=True, references="units", header_id="Kode Unit Kerja", header_en="Unit",
    meaning="Unit.", aliases=("unit_kerja", "unit", "kode_unit", "opd", "kode_opd", "satuan kerja", "satker", "perangkat daerah", "department",
                              "unit organisasi", "skpd", "kode_skpd", "unor", "org unit", "unker", "unit org", "unit org.",
                              "nama unit kerja", "nama unit", "nama opd", "nama skpd"),
)  # fmt: skip
EMPLOYMENT_TYPES = ("PNS", "PPPK", "CPNS", "other")
STATUSES = ("active", "leave", "study", "inactive", "retired")
METHODS = ("assessment-centre", "test", "post-training", "supervisor", "self")
HISTORY_STATES = ("completed", "failed", "withdrawn", "cancelled", "enrolled")

UNITS = Table(
    name="units", title_id="Unit Kerja", title_en="Units", key=("unit",), meaning="Units in their tree.",
    columns=(
        Column(name="unit", kind="id", required=True, header_id="Kode Unit Kerja", header_en="Unit",
               meaning="Code of the unit.", aliases=("kode_unit", "kode", "unor_id")),
        Column(name="name", kind="text", required=True, header_id="Nama Unit Kerja", header_en="Name", meaning="Name.",
               aliases=("nama", "nama_unit", "nama_opd", "unit_kerja", "unor_nama", "opd")),
        Column(name="parent", kind="id", references="units", header_id="Kode Induk", header_en="Parent",
               meaning="Unit above.", aliases=("induk", "kode_induk", "unit_induk", "unit_atasan")),
        Column(name="city", kind="text", header_id="Kota", header_en="City", meaning="Where its people work."),
        Column(name="province", kind="text", header_id="Provinsi", header_en="Province", meaning="Province."),
        Column(name="authorised_staff", kind="integer", header_id="Kebutuhan Pegawai", header_en="Authorised staff",
               meaning="Posts the unit should have; staff shortage is measured against it.",
               aliases=("abk", "kebutuhan", "formasi", "jumlah_formasi", "jumlah_kebutuhan")),
    ),
)  # fmt: skip

EMPLOYEES = Table(
    name="employees", title_id="Pegawai", title_en="Employees", key=("employee",), meaning="People.",
    columns=(
        _EMPLOYEE_KEY,
        Column(name="name", kind="text", required=True, header_id="Nama", header_en="Name",
               meaning="Name with titles, in one field.", aliases=("nama_lengkap", "nama pegawai", "nama lengkap dengan gelar", "full name",
                                                               "nama asn", "nama pns", "nama dan gelar", "nama & gelar", "nama lengkap dan gelar", "nama lengkap & gelar", "nama tanpa gelar", "nama peserta", "employee name")),
        replace(_UNIT, required=False),
        Column(name="position", kind="id", references="positions", header_id="Kode Jabatan", header_en="Position",
               meaning="Position.", aliases=("jabatan", "kode_jabatan", "kode_posisi", "jabatan_fungsional", "nama_jabatan", "jabatan_terakhir", "jabatan_saat_ini", "job title")),
        Column(name="employment_type", kind="choice", header_id="Jenis Pegawai", header_en="Employment type",
               meaning="PNS, PPPK, CPNS or other; read from the NIP when empty.", aliases=("jenis_pegawai", "jenis_asn"),
               choices=(("PNS", ("pns",)), ("PPPK", ("pppk", "p3k")), ("CPNS", ("cpns",)),
                        ("other", ("other", "lainnya", "non asn")))),
        Column(name="status", kind="choice", header_id="Status", header_en="Status",
               meaning="Active, on leave, on study assignment, inactive or retired; active when empty.",
               aliases=("kedudukan", "kedudukan_hukum", "status_keaktifan", "keaktifan"),
               choices=(("active", ("active", "aktif", "01")), ("leave", ("leave", "cuti", "cltn", "cuti besar", "cuti sakit", "cuti melahirkan",
                                                                                    "cuti di luar tanggungan negara", "cuti diluar tanggungan negara")),
                        ("study", ("study", "tugas belajar", "tubel", "03")),
                        ("inactive", ("inactive", "nonaktif", "non aktif", "non-aktif", "tidak aktif")),
                        ("retired", ("retired", "pensiun", "pensiunan")))),
        Column(name="birth_date", kind="date", header_id="Tanggal Lahir", header_en="Birth date",
               meaning="For retirement and the fairness report only.", aliases=("tanggal_lahir", "tgl_lahir", "date of birth")),
        Column(name="sex", kind="choice", header_id="Jenis Kelamin", header_en="Sex",
               meaning="For the fairness report only.", aliases=("jenis_kelamin", "jenis_kel", "jenis kel.", "jk", "l/p", "gender"),
               choices=(("M", ("m", "l", "laki-laki", "pria", "lk", "male", "1")),
                        ("F", ("f", "p", "perempuan", "wanita", "pr", "female", "2")))),
        Column(name="grade", kind="text", header_id="Golongan", header_en="Grade", meaning="Rank or grade, such as III/d.",
               aliases=("gol", "golongan_ruang", "golongan_pangkat", "pangkat", "gol. ruang", "pangkat/gol. ruang",
                        "pangkat/golongan", "golru")),
        Column(name="grade_since", kind="date", header_id="TMT Golongan", header_en="Grade since",
               meaning="First day in the rank or grade.",
               aliases=("tmt_gol", "tmt_pangkat", "tmt_golongan_pangkat", "tmt_golongan_ruang", "tmt_pangkat_golongan")),
        Column(name="service_start", kind="date", header_id="TMT CPNS", header_en="Service start",
               meaning="First day of service.", aliases=("tmt_cpns", "mulai_kerja")),
        Column(name="position_since", kind="date", header_id="TMT Jabatan", header_en="In position since",
               meaning="First day in the position.", aliases=("tmt_jabatan", "tmt_jabatan_fungsional")),
        Column(name="retirement_date", kind="date", header_id="TMT Pensiun", header_en="Retirement",
               meaning="Day of retirement or end of contract.", aliases=("tmt_pensiun", "tanggal_pensiun", "perkiraan_pensiun", "tmt_bup")),
    ),
)  # fmt: skip

ASSESSMENTS = Table(
    name="assessments", title_id="Penilaian Kompetensi", title_en="Assessments",
    key=("employee", "competency", "assessed_on", "method"),
    meaning="Levels people were found at. No row means never assessed, which is not level zero.",
    columns=(
        _EMPLOYEE,
        Column(name="competency", kind="id", required=True, references="competencies", header_id="Kode Kompetensi",
               header_en="Competency", meaning="Competency.", aliases=("kompetensi", "kode_kompetensi", "kode komp", "kode komp.", "id kompetensi", "nama kompetensi", "kode")),
        Column(name="level", kind="level", required=True, header_id="Level", header_en="Level",
               meaning="Level found, on the framework's scale.", aliases=("nilai", "capaian", "penguasaan", "nilai kompetensi", "level aktual", "level kompetensi",
                                                                         "level capaian", "level saat ini", "level pegawai", "nilai level", "skor", "hasil asesmen", "hasil penilaian",
                                                                         "tingkat kecakapan", "actual level", "current level", "proficiency")),
        Column(name="assessed_on", kind="date", header_id="Tanggal Penilaian", header_en="Assessed on",
               meaning="Day of the assessment; one of unknown day counts as expired.", aliases=("tanggal", "tanggal_penilaian", "tgl_penilaian", "tanggal asesmen", "assessment date",
                                                                                               "tanggal assessment", "tanggal uji", "tanggal uji kompetensi", "tanggal ukom")),
        Column(name="method", kind="choice", header_id="Metode Penilaian", header_en="Method",
               meaning="How the level was found; assessment-centre when empty.", aliases=("metode",),
               choices=(("assessment-centre", ("assessment-centre", "asesmen", "assessment center", "cact")),
                        ("test", ("test", "uji kompetensi", "ukom")), ("post-training", ("post-training", "pascadiklat")),
                        ("supervisor", ("supervisor", "atasan")), ("self", ("self", "mandiri", "akpk")))),
        Column(name="assessor", kind="text", header_id="Penilai", header_en="Assessor", meaning="Who assessed.",
               aliases=("asesor",)),
    ),
)  # fmt: skip

RATING_SCALES = Table(
    name="rating_scales", title_id="Skala Kinerja", title_en="Rating scales", key=("scale",),
    meaning="Scales of performance ratings, with direction and dates.",
    columns=(
        Column(name="scale", kind="id", required=True, header_id="Kode Skala", header_en="Scale", meaning="Code.",
               aliases=("skala",)),
        Column(name="name", kind="text", header_id="Nama Skala", header_en="Name", meaning="Name.", aliases=("nama",)),
        Column(name="minimum", kind="decimal", required=True, header_id="Terendah", header_en="Minimum",
               meaning="Lowest value.", aliases=("min",)),
        Column(name="maximum", kind="decimal", required=True, header_id="Tertinggi", header_en="Maximum",
               meaning="Highest value.", aliases=("maks", "max")),
        Column(name="direction", kind="choice", required=True, choices=DIRECTIONS, header_id="Arah",
               header_en="Direction", meaning="Whether higher or lower is better."),
        Column(name="labels", kind="list", header_id="Sebutan", header_en="Labels",
               meaning="Names of values, as 1=Sangat Baik;2=Baik."),
        Column(name="valid_from", kind="date", header_id="Berlaku Mulai", header_en="Valid from",
               meaning="First day of the scale."),
        Column(name="valid_until", kind="date", header_id="Berlaku Sampai", header_en="Valid until",
               meaning="Last day of the scale."),
        Column(name="source", kind="text", header_id="Sumber", header_en="Source", meaning="Regulation."),
    ),
)  # fmt: skip

PERFORMANCE = Table(
    name="performance", title_id="Kinerja", title_en="Performance", key=("employee", "period_end", "scale"),
    meaning="Periodic performance ratings.",
    columns=(
        _EMPLOYEE,
        Column(name="period_end", kind="date", required=True, header_id="Akhir Periode", header_en="Period end",
               meaning="Last day of the period; 31 December when only a year is given.",
               aliases=("tahun", "periode", "tanggal")),
        Column(name="scale", kind="id", references="rating_scales", header_id="Kode Skala", header_en="Scale",
               meaning="Scale of the rating; may be empty where the rating is a name that only one scale has.",
               aliases=("skala",)),
        Column(name="rating", kind="decimal", required=True, header_id="Nilai", header_en="Rating",
               meaning="Value on the scale, or its name there.",
               aliases=("predikat", "predikat_kinerja", "nilai_skp", "rating", "predikat skp", "nilai kinerja", "rating kinerja")),
    ),
)  # fmt: skip

HISTORY = Table(
    name="history", title_id="Riwayat Pelatihan", title_en="Training history",
    key=("employee", "training_name", "end_date"),
    meaning="Trainings people took, or began.",
    columns=(
        _EMPLOYEE,
        Column(name="training", kind="id", references="trainings", header_id="Kode Pelatihan", header_en="Training",
               meaning="Training; empty when only the title is known.", aliases=("kode", "kode_pelatihan")),
        Column(name="training_name", kind="text", header_id="Nama Pelatihan", header_en="Title",
               meaning="Title as on the certificate.", aliases=TITLES),
        Column(name="start_date", kind="date", header_id="Tanggal Mulai", header_en="Start", meaning="First day.",
               aliases=("mulai", "tanggal awal", "dari", "dari tanggal", "tanggal_mulai_diklat", "tanggal_mulai_pelatihan")),
        Column(name="end_date", kind="date", header_id="Tanggal Selesai", header_en="End",
               meaning="Last day; empty when unknown.", aliases=("selesai", "tanggal", "tanggal akhir", "tanggal berakhir", "akhir", "sampai", "s.d.", "s/d", "sampai tanggal", "s.d. tanggal", "s/d tanggal", "tanggal_selesai_diklat", "tanggal_selesai_pelatihan",
                                                     "tanggal pelaksanaan", "tanggal kegiatan", "tanggal lulus", "tanggal penyelesaian", "completed on", "completion date")),
        Column(name="status", kind="choice", header_id="Status", header_en="Status",
               meaning="Completed, failed, withdrawn, cancelled or enrolled; completed when empty.",
               aliases=("hasil", "result", "kelulusan", "status kelulusan", "ket. kelulusan", "keterangan kelulusan", "keterangan lulus",
                        "lulus/tidak", "lulus/tidak lulus", "status penyelesaian", "completion status", "status peserta"),
               choices=(("completed", ("completed", "lulus", "selesai", "passed", "pass", "complete")),
                        ("failed", ("failed", "tidak lulus", "gagal", "not passed", "fail")),
                        ("withdrawn", ("withdrawn", "mengundurkan diri", "mundur")),
                        ("cancelled", ("cancelled", "batal", "dibatalkan")),
                        ("enrolled", ("enrolled", "terdaftar", "sedang berjalan", "berlangsung", "belum selesai", "in progress")))),
        Column(name="hours", kind="hours", header_id="JP", header_en="Hours (JP)", meaning="JP, already converted.",
               aliases=HOURS),
        Column(name="pre_score", kind="decimal", header_id="Nilai Prates", header_en="Pre-test score",
               meaning="0 to 100.", aliases=("pre_test", "prates", "pretest", "nilai_pre_test", "nilai_pretest")),
        Column(name="post_score", kind="decimal", header_id="Nilai Pascates", header_en="Post-test score",
               meaning="0 to 100.", aliases=("post_test", "pascates", "posttest", "nilai_post_test", "nilai_posttest", "nilai", "nilai_akhir")),
        Column(name="provider", kind="text", header_id="Penyelenggara", header_en="Provider", meaning="Organiser.",
               aliases=("institusi_penyelenggara", "lembaga_penyelenggara", "instansi_penyelenggara")),
    ),
)  # fmt: skip

TRAINING_TITLES = Table(
    name="training_titles", title_id="Judul Tertulis", title_en="Written titles", key=("title",),
    meaning="Titles in the training history that name no training, with the training each one means.",
    columns=(
        Column(name="title", kind="text", required=True, header_id="Judul Tertulis", header_en="Written title",
               meaning="Title as it stands in the training history."),
        Column(name="training", kind="id", references="trainings", header_id="Kode Pelatihan", header_en="Training",
               meaning="Training it means; empty for none of them.", aliases=("kode", "kode_pelatihan")),
        Column(name="confidence", kind="decimal", header_id="Keyakinan", header_en="Confidence",
               meaning="Confidence of the match, 0 to 1."),
        Column(name="status", kind="choice", required=True, header_id="Status", header_en="Status",
               meaning="Confirmed by a person, matched with confidence, or waiting for a person; the last counts for nothing.",
               choices=(("confirmed", ("confirmed", "dikonfirmasi")), ("matched", ("matched", "cocok")),
                        ("waiting", ("waiting", "menunggu")))),
    ),
)  # fmt: skip

BUDGETS = Table(
    name="budgets", title_id="Anggaran", title_en="Budgets", key=("line", "year"),
    meaning="Budget lines: unit x activity x account x funding source.",
    columns=(
        Column(name="line", kind="id", required=True, header_id="Kode Anggaran", header_en="Line",
               meaning="Code of the line.", aliases=("kode_anggaran", "mata_anggaran", "no. rekening", "kode")),
        Column(name="year", kind="integer", required=True, header_id="Tahun", header_en="Year", meaning="Budget year.",
               aliases=("tahun_anggaran", "ta", "fiscal year", "budget year")),
        Column(name="name", kind="text", header_id="Uraian", header_en="Name", meaning="Description.",
               aliases=("nama",)),
        Column(name="unit", kind="id", references="units", header_id="Kode Unit Kerja", header_en="Unit",
               meaning="Unit that owns the line; the whole office when empty.", aliases=("unit_kerja", "opd")),
        Column(name="activity", kind="id", header_id="Sub Kegiatan", header_en="Activity", meaning="Sub-activity code.",
               aliases=("sub_kegiatan", "kegiatan")),
        Column(name="account", kind="id", header_id="Rekening", header_en="Account",
               meaning="Expenditure account; decides whether it pays fees or travel.", aliases=("kode_rekening",)),
        Column(name="funding_source", kind="text", header_id="Sumber Dana", header_en="Funding source",
               meaning="Such as APBD, DAK or BLUD."),
        Column(name="amount", kind="money", required=True, header_id="Pagu", header_en="Amount",
               meaning="Ceiling in rupiah.", aliases=("pagu", "anggaran", "sesudah", "jumlah", "pagu anggaran", "jumlah anggaran", "alokasi", "plafon",
                                                      "total pagu", "pagu definitif", "pagu indikatif", "budget")),
        Column(name="reserved", kind="money", header_id="Dicadangkan", header_en="Reserved",
               meaning="Promised already, in rupiah."),
        Column(name="spent", kind="money", header_id="Realisasi", header_en="Spent", meaning="Spent already, in rupiah.",
               aliases=("serapan", "terpakai")),
        Column(name="parent", kind="id", references="budgets", header_id="Kode Induk", header_en="Parent",
               meaning="Line whose ceiling holds this one.", aliases=("induk", "kode_induk")),
    ),
)  # fmt: skip

UNIT_OUTCOMES = Table(
    name="unit_outcomes", title_id="Kinerja Layanan", title_en="Unit outcomes", key=("unit", "indicator", "period_end"),
    meaning="Service indicators of units, such as complaint handling and satisfaction.",
    columns=(
        _UNIT,
        Column(name="indicator", kind="id", required=True, header_id="Indikator", header_en="Indicator",
               meaning="complaints-resolved, satisfaction, ...", aliases=("kode_indikator",)),
        Column(name="period_end", kind="date", required=True, header_id="Akhir Periode", header_en="Period end",
               meaning="Last day of the period.", aliases=("periode", "tanggal")),
        Column(name="value", kind="decimal", required=True, header_id="Nilai", header_en="Value", meaning="Value found.",
               aliases=("capaian",)),
    ),
)  # fmt: skip

INTERESTS = Table(
    name="interests", title_id="Minat", title_en="Interests", key=("employee", "training"),
    meaning="Trainings people asked for, or do not want.",
    columns=(
        _EMPLOYEE,
        Column(name="training", kind="id", required=True, references="trainings", header_id="Kode Pelatihan",
               header_en="Training", meaning="Training.", aliases=("kode_pelatihan", "kode")),
        Column(name="kind", kind="choice", header_id="Minat", header_en="Interest",
               meaning="Interested or not; interested when empty.",
               choices=(("interested", ("interested", "berminat", "ya", "y", "yes")),
                        ("not-interested", ("not-interested", "tidak berminat", "tidak", "t", "no")))),
        Column(name="stated_on", kind="date", header_id="Tanggal", header_en="Stated on", meaning="Day."),
    ),
)  # fmt: skip

ABSENCES = Table(
    name="absences", title_id="Ketidakhadiran", title_en="Absences", key=("employee", "start_date"),
    meaning="Leave, study and fixed duties: days on which a person cannot attend.",
    columns=(
        _EMPLOYEE,
        Column(name="start_date", kind="date", required=True, header_id="Tanggal Mulai", header_en="Start",
               meaning="First day.", aliases=("mulai",)),
        Column(name="end_date", kind="date", required=True, header_id="Tanggal Selesai", header_en="End",
               meaning="Last day.", aliases=("selesai",)),
        Column(name="kind", kind="choice", header_id="Jenis", header_en="Kind", meaning="Leave, study or duty.",
               choices=(("leave", ("leave", "cuti", "cuti tahunan", "cuti besar", "cuti sakit", "cuti melahirkan")), ("study", ("study", "tugas belajar")),
                        ("duty", ("duty", "penugasan", "dinas")))),
    ),
)  # fmt: skip

PEOPLE_TABLES = (
    UNITS, EMPLOYEES, ASSESSMENTS, RATING_SCALES, PERFORMANCE, HISTORY, TRAINING_TITLES, BUDGETS, UNIT_OUTCOMES, INTERESTS, ABSENCES,
)  # fmt: skip
