/** Reading: short passages of everyday and working life, two questions each. The format: `bank-format.ts`. */
export const reading = `
= kebun
~ Warga RT 05 mengubah lahan kosong di belakang balai warga menjadi kebun sayur. Setiap keluarga merawat satu petak. Hasil panen pertama, kangkung dan cabai, dibagi rata untuk warga, dan kelebihannya dijual di pasar. Uang hasil penjualan dipakai membeli bibit untuk musim berikutnya. | The people of one neighbourhood turned the empty land behind their hall into a vegetable garden. Each family looks after one plot. The first harvest, water spinach and chillies, was shared equally among them, and what was left over was sold at the market. The money from the sale was used to buy seedlings for the next season.

# kebun-uang easy kebun
? Untuk apa uang hasil penjualan dipakai? | What was the money from the sale used for?
+ Membeli bibit | Buying seedlings
- Memperbaiki balai warga | Repairing the hall
- Membayar perawat kebun | Paying a gardener
- Membeli lahan baru | Buying new land

# kebun-panen medium kebun
? Pernyataan mana yang sesuai dengan bacaan? | Which statement agrees with the passage?
+ Sebagian hasil panen dijual | Part of the harvest was sold
- Seluruh hasil panen dijual | All of the harvest was sold
- Satu keluarga merawat seluruh kebun | One family looks after the whole garden
- Lahan itu semula kebun cabai | The land was a chilli garden before

= bengkel
~ Bengkel Pak Hasan buka pukul 08.00 sampai 16.00, dari Senin sampai Sabtu. Servis ringan selesai dalam satu jam, sedangkan perbaikan mesin memerlukan dua hari. Pelanggan yang mendaftar lewat pesan singkat selalu dilayani lebih dahulu daripada pelanggan yang datang tanpa mendaftar. | Mr Hasan's workshop is open from 08.00 to 16.00, from Monday to Saturday. A light service is done within an hour, while an engine repair takes two days. Customers who register by text message are always served before customers who come without registering.

# bengkel-tutup easy bengkel
? Kapan bengkel tutup sehari penuh? | When is the workshop closed for the whole day?
+ Hari Minggu | On Sundays
- Hari Sabtu | On Saturdays
- Hari Senin | On Mondays
- Hari Jumat | On Fridays

# bengkel-dahulu medium bengkel
? Dua pelanggan datang bersamaan. Siapa yang dilayani lebih dahulu? | Two customers come at the same time. Who is served first?
+ Yang mendaftar lewat pesan singkat | The one who registered by text message
- Yang memerlukan servis ringan | The one who needs a light service
- Yang memerlukan perbaikan mesin | The one who needs an engine repair
- Yang rumahnya paling dekat | The one who lives nearest

= jahit
~ Kursus menjahit berlangsung delapan minggu. Empat minggu pertama membahas pola dan jahitan dasar; sisanya dipakai untuk membuat satu pakaian lengkap. Peserta yang hadir paling sedikit 80 persen pertemuan berhak ikut ujian akhir. Sertifikat diberikan kepada peserta yang lulus ujian akhir. | A sewing course lasts eight weeks. The first four weeks are about patterns and basic stitches; the rest is spent on making one complete garment. Participants who attend at least 80 percent of the meetings may take the final exam. A certificate is given to participants who pass the final exam.

# jahit-lama easy jahit
? Berapa lama kursus itu berlangsung? | How long does the course last?
+ Delapan minggu | Eight weeks
- Empat minggu | Four weeks
- Enam minggu | Six weeks
- Sepuluh minggu | Ten weeks

# jahit-sertifikat medium jahit
? Siapa yang menerima sertifikat? | Who receives a certificate?
+ Peserta yang lulus ujian akhir | Participants who pass the final exam
- Semua peserta kursus | All participants of the course
- Semua yang hadir 80 persen pertemuan | All who attend 80 percent of the meetings
- Pembuat pakaian yang paling bagus | The maker of the finest garment

= kipas
~ Penjualan kipas angin di sebuah toko naik pada musim kemarau dan turun pada musim hujan. Pemilik toko dahulu memesan jumlah yang sama setiap bulan, sehingga gudangnya penuh pada musim hujan. Sejak tahun lalu ia memesan mengikuti musim, dan biaya gudangnya berkurang sepertiga. | Sales of fans in a shop rise in the dry season and fall in the rainy season. The owner used to order the same number every month, so that his store room was full in the rainy season. Since last year he has ordered by season, and the cost of his store room has fallen by a third.

# kipas-gudang medium kipas
? Mengapa gudang dahulu penuh pada musim hujan? | Why was the store room full in the rainy season before?
+ Pesanan tetap sama sementara penjualan turun | Orders stayed the same while sales fell
- Pembeli mengembalikan barang | Buyers returned goods
- Gudangnya diperkecil | The store room was made smaller
- Pesanan ditambah pada musim hujan | More was ordered in the rainy season

# kipas-simpulan hard kipas
? Kesimpulan mana yang paling tepat? | Which conclusion is the most accurate?
+ Memesan mengikuti musim menghemat biaya penyimpanan | Ordering by season saves the cost of storage
- Kipas angin sama sekali tidak laku pada musim hujan | Fans do not sell at all in the rainy season
- Biaya gudang naik sejak tahun lalu | The cost of the store room has risen since last year
- Toko sebaiknya berhenti menjual kipas angin | The shop should stop selling fans

= jalur
~ Sebuah kota menambah jalur bus cepat. Dalam enam bulan jumlah penumpang bus menjadi dua kali lipat, tetapi jumlah mobil di jalan utama hampir tidak berubah. Survei menunjukkan bahwa sebagian besar penumpang baru sebelumnya berjalan kaki atau naik angkutan kecil. | A city added fast bus lanes. Within six months the number of bus passengers doubled, but the number of cars on the main road hardly changed. A survey shows that most of the new passengers used to walk or take small public vans before.

# jalur-penumpang medium jalur
? Bagaimana sebagian besar penumpang baru itu bepergian sebelumnya? | How did most of the new passengers travel before?
+ Berjalan kaki atau naik angkutan kecil | On foot or by small public van
- Dengan mobil sendiri | In their own car
- Dengan sepeda motor | By motorcycle
- Dengan kereta api | By train

# jalur-mobil hard jalur
? Apa yang paling mungkin menjelaskan jumlah mobil yang hampir tidak berubah? | What most probably explains that the number of cars hardly changed?
+ Sedikit pengendara mobil yang beralih ke bus | Few car drivers changed to the bus
- Jumlah penumpang bus menurun | The number of bus passengers fell
- Jalan utama ditutup untuk mobil | The main road was closed to cars
- Tarif angkutan kecil naik | The fares of small vans rose

= regu
~ Dua regu merakit barang yang sama. Regu pertama bekerja empat jam tanpa jeda; regu kedua beristirahat sepuluh menit setiap jam. Pada akhir hari kedua regu merakit barang sama banyak, tetapi barang cacat dari regu kedua hanya separuh barang cacat dari regu pertama. | Two teams assembled the same product. The first team worked four hours without a break; the second team rested ten minutes every hour. At the end of the day both teams had assembled equally many, but the second team had only half as many faulty ones as the first.

# regu-beda medium regu
? Apa yang berbeda pada hasil kedua regu? | What was different in the results of the two teams?
+ Jumlah barang yang cacat | The number of faulty products
- Jumlah barang yang dirakit | The number of products assembled
- Jenis barang yang dirakit | The kind of product assembled
- Jumlah anggota regu | The number of team members

# regu-dukung hard regu
? Pernyataan mana yang didukung oleh bacaan? | Which statement does the passage support?
+ Jeda singkat memperbaiki mutu tanpa mengurangi jumlah | Short breaks improve quality without lowering the number
- Jeda singkat menambah jumlah barang | Short breaks raise the number of products
- Bekerja tanpa jeda memberi mutu terbaik | Working without breaks gives the best quality
- Makin lama jeda, makin sedikit barang cacat | The longer the break, the fewer faulty products

= penampung
~ Desa Sukamaju membangun penampung air hujan pada tahun 2019. Sebelumnya warga berjalan dua kilometer ke mata air. Kini setiap dua puluh rumah berbagi satu penampung. Pada kemarau panjang isinya hanya cukup untuk minum dan memasak, sehingga warga masih mencuci di sungai. | The village of Sukamaju built rainwater tanks in 2019. Before that, people walked two kilometres to a spring. Now every twenty houses share one tank. In a long dry season it holds only enough for drinking and cooking, so that people still wash in the river.

# penampung-dahulu easy penampung
? Ke mana warga mengambil air sebelum tahun 2019? | Where did people fetch water before 2019?
+ Ke mata air | From a spring
- Ke sungai | From the river
- Ke sumur desa | From the village well
- Ke penampung | From a tank

# penampung-simpulan hard penampung
? Apa yang dapat disimpulkan dari bacaan? | What can be concluded from the passage?
+ Penampung belum mencukupi semua keperluan pada kemarau panjang | The tanks do not meet all needs in a long dry season
- Penampung selalu kosong pada musim kemarau | The tanks are always empty in the dry season
- Warga tidak lagi memakai sungai | People no longer use the river
- Setiap rumah memiliki penampung sendiri | Every house has a tank of its own

= kue
~ Bu Ratmi menjual kue lewat media sosial. Ia hanya membuat kue yang sudah dipesan dan dibayar separuh di muka; uang muka itu dipakainya untuk membeli bahan. Dengan cara itu tidak ada kue yang terbuang. Kekurangannya, pembeli yang datang mendadak harus menunggu sehari. | Mrs Ratmi sells cakes through social media. She bakes only cakes that are ordered and half paid in advance; with the advance she buys the ingredients. In this way no cake is thrown away. The drawback is that buyers who come unannounced have to wait a day.

# kue-muka easy kue
? Berapa bagian harga yang dibayar di muka? | How much of the price is paid in advance?
+ Separuh | Half
- Seluruhnya | All of it
- Sepertiga | A third
- Seperempat | A quarter

# kue-pinjam hard kue
? Mengapa Bu Ratmi dapat berusaha tanpa meminjam modal untuk bahan? | Why can Mrs Ratmi do business without borrowing money for ingredients?
+ Pembeli membiayai bahan lewat uang muka | Buyers pay for the ingredients by their advance
- Harga bahannya sangat murah | Her ingredients are very cheap
- Ia menjual kue yang tersisa | She sells the cakes that are left over
- Pembeli membawa bahan sendiri | Buyers bring their own ingredients

= pustaka
~ Perpustakaan keliling mengunjungi tiga desa setiap pekan: Desa Melati hari Senin, Desa Kenanga hari Rabu, dan Desa Cempaka hari Jumat. Buku dipinjam selama satu pekan. Karena buku cerita anak selalu habis sebelum semua anak kebagian, petugas membatasi dua buku cerita untuk setiap anak. | A mobile library visits three villages every week: Melati on Monday, Kenanga on Wednesday and Cempaka on Friday. Books are lent for one week. Because the children's storybooks always run out before every child has one, the librarian allows two storybooks for each child.

# pustaka-hari easy pustaka
? Hari apa perpustakaan mengunjungi Desa Kenanga? | On which day does the library visit Kenanga?
+ Rabu | Wednesday
- Senin | Monday
- Jumat | Friday
- Selasa | Tuesday

# pustaka-batas hard pustaka
? Apa tujuan pembatasan dua buku cerita untuk setiap anak? | What is the aim of allowing two storybooks for each child?
+ Agar lebih banyak anak mendapat buku cerita | That more children get a storybook
- Agar buku cerita tidak cepat rusak | That the storybooks do not wear out quickly
- Agar anak lebih banyak membaca buku pelajaran | That children read more textbooks
- Agar kunjungan perpustakaan lebih singkat | That the visits of the library are shorter
`;
