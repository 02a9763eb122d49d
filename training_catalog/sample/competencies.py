"""Technical competencies of the demo city, each with its topic; the nine of the ASN come from the reference data."""

FRAMEWORK = "TEKNIS"
FRAMEWORK_NAME = "Kamus kompetensi teknis kota contoh"

POLICY, SERVICE, DIGITAL = "Kebijakan", "Teknik pelayanan publik", "SPBE dan teknologi informasi"
COMMUNICATION, LEADERSHIP, PROJECT = "Komunikasi", "Kepemimpinan", "Manajemen proyek"
TOPICS = (POLICY, SERVICE, DIGITAL, COMMUNICATION, LEADERSHIP, PROJECT)

# code -> name, English name, topic
TECHNICAL: dict[str, tuple[str, str, str]] = {
    "T.01": ("Analisis Kebijakan Publik", "Public policy analysis", POLICY),
    "T.02": ("Penyusunan Peraturan Daerah", "Drafting of regional regulations", POLICY),
    "T.03": ("Perencanaan Pembangunan Daerah", "Regional development planning", POLICY),
    "T.04": ("Penganggaran Berbasis Kinerja", "Performance-based budgeting", POLICY),
    "T.05": ("Evaluasi Program", "Programme evaluation", POLICY),
    "T.06": ("Pengawasan Intern", "Internal audit", POLICY),
    "T.07": ("Statistik Sektoral", "Sectoral statistics", POLICY),
    "T.08": ("Pengelolaan Keuangan Daerah", "Regional financial management", POLICY),
    "T.09": ("Akuntansi Pemerintahan", "Government accounting", POLICY),
    "T.10": ("Pengelolaan Barang Milik Daerah", "Management of public assets", POLICY),
    "T.11": ("Standar Pelayanan", "Service standards", SERVICE),
    "T.12": ("Penanganan Pengaduan", "Complaint handling", SERVICE),
    "T.13": ("Survei Kepuasan Masyarakat", "Citizen satisfaction surveys", SERVICE),
    "T.14": ("Administrasi Kependudukan", "Civil registration", SERVICE),
    "T.15": ("Perizinan Berusaha", "Business licensing", SERVICE),
    "T.16": ("Asuhan Keperawatan", "Nursing care", SERVICE),
    "T.17": ("Kegawatdaruratan Medis", "Medical emergencies", SERVICE),
    "T.18": ("Pencegahan dan Pengendalian Infeksi", "Infection prevention and control", SERVICE),
    "T.19": ("Kesehatan Masyarakat", "Public health", SERVICE),
    "T.20": ("Pembelajaran Berdiferensiasi", "Differentiated instruction", SERVICE),
    "T.21": ("Asesmen Pembelajaran", "Assessment for learning", SERVICE),
    "T.22": ("Bimbingan Konseling", "Guidance and counselling", SERVICE),
    "T.23": ("Pemberdayaan Sosial", "Social empowerment", SERVICE),
    "T.24": ("Ketertiban Umum", "Public order", SERVICE),
    "T.25": ("Penanggulangan Bencana", "Disaster management", SERVICE),
    "T.26": ("Manajemen Lalu Lintas", "Traffic management", SERVICE),
    "T.27": ("Pengelolaan Persampahan", "Waste management", SERVICE),
    "T.28": ("Penyuluhan Pertanian", "Agricultural extension", SERVICE),
    "T.29": ("Pengelolaan Data", "Data management", DIGITAL),
    "T.30": ("Keamanan Informasi", "Information security", DIGITAL),
    "T.31": ("Pengembangan Aplikasi", "Application development", DIGITAL),
    "T.32": ("Layanan SPBE", "E-government services", DIGITAL),
    "T.33": ("Perkantoran Digital", "Digital office work", DIGITAL),
    "T.34": ("Kearsipan Elektronik", "Electronic records", DIGITAL),
    "T.35": ("Hubungan Masyarakat", "Public relations", COMMUNICATION),
    "T.36": ("Penulisan Naskah Dinas", "Official writing", COMMUNICATION),
    "T.37": ("Fasilitasi dan Negosiasi", "Facilitation and negotiation", COMMUNICATION),
    "T.38": ("Kepustakawanan", "Librarianship", COMMUNICATION),
    "T.39": ("Manajemen Proyek", "Project management", PROJECT),
    "T.40": ("Pengadaan Barang dan Jasa", "Public procurement", PROJECT),
    "T.41": ("Pengawasan Konstruksi", "Construction supervision", PROJECT),
    "T.42": ("Manajemen Risiko", "Risk management", PROJECT),
    "T.43": ("Manajemen SDM Aparatur", "Human resource management", LEADERSHIP),
    "T.44": ("Pembinaan Tim", "Team coaching", LEADERSHIP),
}

# Topics of the nine, so that trainings for them stand under a topic as well.
MANAGERIAL_TOPICS = {
    "M.01": ("Integritas", LEADERSHIP), "M.02": ("Kerja Sama", LEADERSHIP), "M.03": ("Komunikasi", COMMUNICATION),
    "M.04": ("Orientasi pada Hasil", PROJECT), "M.05": ("Pelayanan Publik", SERVICE),
    "M.06": ("Pengembangan Diri dan Orang Lain", LEADERSHIP), "M.07": ("Mengelola Perubahan", LEADERSHIP),
    "M.08": ("Pengambilan Keputusan", LEADERSHIP), "S.01": ("Perekat Bangsa", LEADERSHIP),
}  # fmt: skip
