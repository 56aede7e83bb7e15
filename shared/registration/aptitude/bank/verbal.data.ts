/** Verbal reasoning: meanings, relations, sentences, conclusions. The format: `bank-format.ts`. */
export const verbal = `
# arti-cermat easy
? Kata yang paling dekat artinya dengan CERMAT adalah … | The word closest in meaning to METICULOUS is …
+ teliti | careful
- boros | wasteful
- ragu | hesitant
- ramah | friendly

# arti-sasaran easy
? Kata yang paling dekat artinya dengan TUJUAN adalah … | The word closest in meaning to GOAL is …
+ sasaran | target
- hambatan | obstacle
- bantuan | help
- permulaan | beginning

# arti-segera easy
? Kata yang paling dekat artinya dengan SEGERA adalah … | The word closest in meaning to IMMEDIATELY is …
+ lekas | promptly
- nanti | later
- jarang | seldom
- kadang | sometimes

# lawan-rajin easy
? Lawan kata RAJIN adalah … | The opposite of DILIGENT is …
+ malas | lazy
- pandai | clever
- sabar | patient
- tekun | persevering

# lawan-longgar easy
? Lawan kata LONGGAR adalah … | The opposite of LOOSE is …
+ ketat | tight
- lebar | wide
- panjang | long
- ringan | light

# lawan-untung easy
? Lawan kata UNTUNG dalam perdagangan adalah … | In trade, the opposite of PROFIT is …
+ rugi | loss
- modal | capital
- upah | wage
- harga | price

# hubungan-perawat easy
? Guru : sekolah = perawat : … | Teacher : school = nurse : …
+ rumah sakit | hospital
- obat | medicine
- pasien | patient
- dokter | doctor

# hubungan-pena easy
? Pisau : memotong = pena : … | Knife : to cut = pen : …
+ menulis | to write
- kertas | paper
- tinta | ink
- membaca | to read

# hubungan-petani easy
? Nelayan : laut = petani : … | Fisherman : sea = rice farmer : …
+ sawah | rice field
- cangkul | hoe
- padi | rice plant
- pasar | market

# hubungan-lelah easy
? Haus : minum = lelah : … | Thirsty : to drink = tired : …
+ beristirahat | to rest
- bekerja | to work
- makan | to eat
- berlari | to run

# kelompok-buah easy
? Manakah yang tidak sekelompok dengan tiga lainnya? | Which one does not belong with the other three?
+ bayam | spinach
- jeruk | orange
- mangga | mango
- pisang | banana

# kelompok-perkakas easy
? Manakah yang tidak sekelompok dengan tiga lainnya? | Which one does not belong with the other three?
+ kursi | chair
- palu | hammer
- obeng | screwdriver
- gergaji | saw

# kalimat-licin easy
? Jalan licin karena hujan deras, … pengendara harus berhati-hati. | The road is slippery from heavy rain, … drivers must be careful.
+ sehingga | so
- meskipun | although
- atau | or
- sebelum | before

# kalimat-sehat easy
? Ia tetap berangkat kerja … badannya kurang sehat. | She still went to work … she was not feeling well.
+ meskipun | although
- sehingga | so that
- supaya | in order that
- atau | or

# simpulan-sertifikat easy
? Semua peserta pelatihan menerima sertifikat. Dewi peserta pelatihan itu. Jadi … | All participants of a course receive a certificate. Dewi is a participant of that course. Therefore …
+ Dewi menerima sertifikat | Dewi receives a certificate
- Dewi tidak menerima sertifikat | Dewi does not receive a certificate
- hanya Dewi yang menerima sertifikat | only Dewi receives a certificate
- Dewi mengajar pelatihan itu | Dewi teaches that course

# arti-konsisten medium
? Kata yang paling dekat artinya dengan KONSISTEN adalah … | The word closest in meaning to CONSISTENT is …
+ tetap | steady
- berubah | changing
- cepat | fast
- rumit | complicated

# arti-prospek medium
? Arti kata PROSPEK adalah … | The meaning of PROSPECT is …
+ peluang pada masa depan | a chance in the future
- laporan masa lalu | a report of the past
- biaya tetap | a fixed cost
- janji lisan | a spoken promise

# arti-spesifik medium
? Kata yang paling dekat artinya dengan SPESIFIK adalah … | The word closest in meaning to SPECIFIC is …
+ khusus | particular
- umum | general
- resmi | official
- lengkap | complete

# arti-menunda medium
? Kata yang paling dekat artinya dengan MENUNDA adalah … | The word closest in meaning to POSTPONE is …
+ menangguhkan | defer
- membatalkan | cancel
- mempercepat | speed up
- mengulang | repeat

# lawan-sementara medium
? Lawan kata SEMENTARA adalah … | The opposite of TEMPORARY is …
+ permanen | permanent
- darurat | urgent
- singkat | brief
- bergantian | alternating

# lawan-boros medium
? Lawan kata BOROS adalah … | The opposite of WASTEFUL is …
+ hemat | thrifty
- kaya | rich
- miskin | poor
- murah hati | generous

# lawan-memperketat medium
? Lawan kata MEMPERKETAT adalah … | The opposite of TIGHTEN is …
+ melonggarkan | loosen
- memperkuat | strengthen
- mempersempit | narrow
- memperjelas | clarify

# hubungan-hakim medium
? Dokter : diagnosis = hakim : … | Doctor : diagnosis = judge : …
+ putusan | verdict
- pengadilan | court
- hukum | law
- terdakwa | defendant

# hubungan-kilogram medium
? Kilometer : jarak = kilogram : … | Kilometre : distance = kilogram : …
+ berat | weight
- timbangan | scales
- beras | rice
- volume | volume

# hubungan-modal medium
? Benih : panen = modal : … | Seed : harvest = capital : …
+ keuntungan | profit
- bank | bank
- pinjaman | loan
- pemilik | owner

# hubungan-arsitek medium
? Sutradara : film = arsitek : … | Director : film = architect : …
+ bangunan | building
- semen | cement
- tukang | builder
- pensil | pencil

# kalimat-mesin medium
? Perusahaan menambah mesin … hasil produksi meningkat. | The company added machines … output would rise.
+ agar | so that
- walaupun | although
- atau | or
- padahal | whereas

# simpulan-lampu medium
? Jika toko buka, lampu depannya selalu menyala. Lampu depannya tidak menyala. Jadi … | If the shop is open, its front lamp is always on. Its front lamp is not on. Therefore …
+ toko tidak buka | the shop is not open
- toko buka | the shop is open
- lampu depan rusak | the front lamp is broken
- toko kehabisan barang | the shop is out of stock

# simpulan-sepeda medium
? Sebagian karyawan bersepeda ke kantor. Semua yang bersepeda datang pagi. Jadi … | Some employees cycle to the office. All who cycle arrive early. Therefore …
+ sebagian karyawan datang pagi | some employees arrive early
- semua karyawan datang pagi | all employees arrive early
- tidak ada karyawan yang datang pagi | no employee arrives early
- semua karyawan bersepeda | all employees cycle

# simpulan-tinggi medium
? Rina lebih tinggi daripada Sinta. Tuti lebih pendek daripada Sinta. Siapa yang paling pendek? | Rina is taller than Sinta. Tuti is shorter than Sinta. Who is the shortest?
+ Tuti | Tuti
- Rina | Rina
- Sinta | Sinta
- tidak dapat ditentukan | it cannot be determined

# arti-ambigu hard
? Arti kata AMBIGU adalah … | The meaning of AMBIGUOUS is …
+ bermakna ganda | having two meanings
- sangat jelas | very clear
- tidak penting | unimportant
- sulit dipercaya | hard to believe

# arti-mitigasi hard
? Arti kata MITIGASI adalah … | The meaning of MITIGATION is …
+ pengurangan dampak | reduction of harm
- pencarian sebab | search for causes
- perluasan wilayah | widening of an area
- penghitungan ulang | counting again

# arti-pragmatis hard
? Orang yang PRAGMATIS … | A PRAGMATIC person …
+ mengutamakan kegunaan nyata | puts practical use first
- mengutamakan teori | puts theory first
- menolak setiap perubahan | rejects every change
- mengikuti perasaan | follows feelings

# arti-kredibel hard
? Arti kata KREDIBEL adalah … | The meaning of CREDIBLE is …
+ dapat dipercaya | able to be trusted
- dapat ditawar | open to bargaining
- dapat dilihat | able to be seen
- dapat dihitung | able to be counted

# lawan-eksplisit hard
? Lawan kata EKSPLISIT adalah … | The opposite of EXPLICIT is …
+ tersirat | implied
- tertulis | written
- terperinci | detailed
- terbuka | open

# lawan-homogen hard
? Lawan kata HOMOGEN adalah … | The opposite of HOMOGENEOUS is …
+ beragam | varied
- seimbang | balanced
- padat | dense
- langka | rare

# lawan-proaktif hard
? Sikap yang berlawanan dengan PROAKTIF adalah … | The attitude opposite to PROACTIVE is …
+ menunggu sampai sesuatu terjadi | waiting until something happens
- mencari peluang lebih awal | looking for chances early
- bekerja sama dengan orang lain | working with others
- bergerak dengan cepat | moving quickly

# hubungan-barometer hard
? Termometer : suhu = barometer : … | Thermometer : temperature = barometer : …
+ tekanan udara | air pressure
- kecepatan angin | wind speed
- curah hujan | rainfall
- kelembapan | humidity

# hubungan-gejala hard
? Gejala : penyakit = asap : … | Symptom : disease = smoke : …
+ api | fire
- abu | ash
- arang | charcoal
- kayu | wood

# hubungan-banjir hard
? Inflasi : naiknya harga = banjir : … | Inflation : rise of prices = flood : …
+ naiknya permukaan air | rise of the water level
- turunnya hujan | falling of rain
- rusaknya bendungan | breaking of a dam
- naiknya harga perahu | rise of the price of boats

# simpulan-bus hard
? Tidak ada kendaraan tua yang boleh masuk pusat kota. Sebagian bus adalah kendaraan tua. Jadi … | No old vehicle may enter the city centre. Some buses are old vehicles. Therefore …
+ sebagian bus tidak boleh masuk pusat kota | some buses may not enter the city centre
- semua bus tidak boleh masuk pusat kota | no bus may enter the city centre
- semua bus boleh masuk pusat kota | all buses may enter the city centre
- tidak ada bus yang tua | no bus is old

# simpulan-pasar hard
? Jika hujan, pasar sepi. Jika pasar sepi, pedagang pulang lebih cepat. Hari ini pedagang tidak pulang lebih cepat. Jadi hari ini … | If it rains, the market is quiet. If the market is quiet, the traders go home early. Today the traders did not go home early. Therefore today …
+ tidak hujan | it did not rain
- hujan | it rained
- pasar tutup | the market was closed
- pedagang tidak berjualan | the traders did not sell

# simpulan-antrean hard
? Lima orang mengantre. Adi di depan Budi. Citra tepat di belakang Budi. Dodi di depan Adi. Eka paling belakang. Siapa yang paling depan? | Five people queue. Adi is ahead of Budi. Citra is right behind Budi. Dodi is ahead of Adi. Eka is last. Who is first?
+ Dodi | Dodi
- Adi | Adi
- Budi | Budi
- Citra | Citra

# simpulan-koperasi hard
? Semua anggota koperasi menabung. Sebagian yang menabung mendapat hadiah. Wati anggota koperasi. Manakah yang pasti benar? | All members of the cooperative save. Some of those who save receive a gift. Wati is a member. What is certainly true?
+ Wati menabung | Wati saves
- Wati mendapat hadiah | Wati receives a gift
- Wati tidak mendapat hadiah | Wati receives no gift
- semua yang menabung adalah anggota | all who save are members

# simpulan-jadwal hard
? Pelatihan dimulai tiga hari sebelum hari Jumat dan berlangsung empat hari berturut-turut. Hari terakhirnya adalah … | A course begins three days before a Friday and lasts four days in a row. Its last day is a …
+ Jumat | Friday
- Kamis | Thursday
- Sabtu | Saturday
- Rabu | Wednesday
`;
