/** Ordering of instructions: every step needs the one before it. The format: `bank-format.ts`. */
export const ordering = `
# teh easy
? menyeduh secangkir teh manis | making a cup of sweet tea
> Rebus air sampai mendidih | Bring water to the boil
> Tuang air mendidih ke cangkir berisi teh celup | Pour the boiling water into a cup with a tea bag
> Angkat teh celup dari air yang sudah berwarna | Take the tea bag out of the coloured water
> Setelah teh celup diangkat, tambahkan gula lalu aduk | With the tea bag out, add sugar and stir

# paket easy
? mengirim paket | sending a parcel
> Masukkan barang ke dalam kardus | Put the goods into a box
> Tutup kardus berisi barang dengan lakban | Tape up the box with the goods
> Tempelkan alamat pada kardus yang sudah tertutup | Stick the address on the closed box
> Serahkan paket beralamat kepada kurir | Hand the addressed parcel to the courier

# surel easy
? melamar kerja lewat surel | applying for a job by e-mail
> Tulis surat lamaran | Write the letter of application
> Simpan surat yang sudah ditulis sebagai berkas | Save the written letter as a file
> Lampirkan berkas itu pada surel | Attach that file to an e-mail
> Kirim surel yang sudah berlampiran | Send the e-mail with its attachment

# piring easy
? mencuci piring | washing plates
> Buang sisa makanan dari piring | Scrape the leftovers off the plates
> Gosok piring yang sudah tanpa sisa dengan sabun | Scrub the scraped plates with soap
> Bilas sabun dengan air bersih | Rinse the soap off with clean water
> Keringkan piring yang sudah dibilas | Dry the rinsed plates

# bibit easy
? menanam bibit | planting a seedling
> Gali lubang di tanah | Dig a hole in the ground
> Letakkan bibit di dalam lubang | Set the seedling in the hole
> Tutup akar bibit dengan tanah galian | Cover its roots with the soil dug out
> Siram bibit yang akarnya sudah tertutup | Water the seedling whose roots are covered

# tunai easy
? mengambil uang di mesin tunai | drawing money from a cash machine
> Masukkan kartu ke mesin | Put the card into the machine
> Ketik nomor rahasia yang diminta setelah kartu terbaca | Type the secret number that is asked for once the card is read
> Pilih jumlah uang setelah nomor rahasia diterima | Choose the amount once the secret number is accepted
> Ambil uang sejumlah yang dipilih | Take the money of the chosen amount

# nasi-goreng medium
? memasak nasi goreng | making fried rice
> Panaskan minyak di wajan | Heat oil in a pan
> Tumis bumbu dalam minyak panas | Fry the spices in the hot oil
> Masukkan nasi ke bumbu yang sudah harum | Add the rice to the fragrant spices
> Aduk nasi sampai bumbunya merata | Stir the rice until the spices are spread through it
> Sajikan nasi yang bumbunya sudah merata | Serve the evenly spiced rice

# tembok medium
? mengecat ulang tembok | repainting a wall
> Kerok cat lama yang mengelupas | Scrape off the old flaking paint
> Isi bagian yang sudah dikerok dengan dempul | Fill the scraped places with putty
> Amplas dempul yang sudah kering | Sand the dry putty
> Oleskan cat dasar pada dempul yang sudah halus | Put primer on the smooth putty
> Oleskan cat akhir di atas cat dasar | Put the final paint on top of the primer

# lampu medium
? mengganti bola lampu | changing a light bulb
> Matikan sakelar lampu yang rusak | Switch off the broken lamp
> Tunggu sampai bola lampu yang dimatikan dingin | Wait until the switched-off bulb is cold
> Lepaskan bola lampu lama yang sudah dingin | Unscrew the cold old bulb
> Pasang bola lampu baru di tempat yang lama | Screw the new bulb in its place
> Nyalakan sakelar untuk mencoba bola lampu baru | Switch on to try the new bulb

# surat medium
? mengirim surat resmi | sending an official letter
> Ketik isi surat | Type the letter
> Periksa ejaan pada isi yang sudah diketik | Check the spelling of what is typed
> Cetak surat yang ejaannya sudah diperiksa | Print the checked letter
> Tanda tangani surat yang sudah tercetak | Sign the printed letter
> Masukkan surat bertanda tangan ke amplop | Put the signed letter into an envelope

# batik medium
? membuat batik tulis | making hand-drawn batik
> Gambar pola pada kain putih | Draw the pattern on white cloth
> Tutup pola yang tergambar dengan malam panas | Cover the drawn pattern with hot wax
> Celupkan kain bermalam ke pewarna | Dip the waxed cloth into dye
> Rebus kain yang sudah berwarna agar malamnya lepas | Boil the dyed cloth so that its wax comes off
> Jemur kain yang sudah bebas malam | Dry the cloth that is free of wax

# rok medium
? menjahit rok pesanan | sewing a skirt to order
> Ukur badan pemesan | Measure the customer
> Gambar pola menurut hasil ukuran | Draw a pattern from the measurements
> Potong kain menurut pola | Cut the cloth by the pattern
> Jahit potongan kain menjadi rok | Sew the cut pieces into a skirt
> Setrika rok yang sudah dijahit | Iron the sewn skirt

# roda hard
? mengganti roda mobil | changing the wheel of a car
> Kendurkan sedikit mur selagi roda lama menapak di tanah | Loosen the nuts a little while the old wheel stands on the ground
> Angkat mobil yang murnya sudah kendur dengan dongkrak | Jack up the car with its nuts loosened
> Lepas semua mur dan roda lama yang sudah terangkat | Take off all nuts and the lifted old wheel
> Pasang roda cadangan dan putar murnya dengan tangan | Put on the spare wheel and turn its nuts by hand
> Turunkan mobil sampai roda cadangan menapak di tanah | Lower the car until the spare wheel stands on the ground
> Kencangkan mur roda cadangan yang sudah menapak | Tighten the nuts of the spare wheel now on the ground

# kopi hard
? mengolah kopi dari kebun | making coffee from the plantation
> Petik buah kopi yang merah | Pick the red coffee cherries
> Kupas kulit buah yang sudah dipetik | Peel the skin off the picked cherries
> Rendam biji berlendir hasil kupasan | Soak the slimy beans that come out
> Bilas lendir yang sudah lepas oleh rendaman | Rinse off the slime that the soaking loosened
> Jemur biji yang sudah bersih dari lendir | Dry the beans that are clean of slime
> Sangrai biji yang sudah kering | Roast the dry beans

# keluhan hard
? menangani keluhan pelanggan | handling a customer's complaint
> Dengarkan keluhan pelanggan sampai selesai | Listen to the complaint to its end
> Catat keluhan yang sudah didengar | Write down the complaint that was heard
> Cari penyebab dari keluhan yang tercatat | Look for the cause of what is written down
> Tawarkan jalan keluar sesuai penyebabnya | Offer a solution that fits the cause
> Kerjakan jalan keluar yang sudah disetujui pelanggan | Carry out the solution that the customer agreed to
> Tanyakan apakah hasil pekerjaan itu memuaskan | Ask whether the result is satisfactory

# rapat hard
? menyelenggarakan rapat | holding a meeting
> Tentukan tujuan rapat | Decide on the aim of the meeting
> Susun acara rapat menurut tujuannya | Draw up the agenda from the aim
> Kirim undangan yang memuat acara rapat | Send invitations with the agenda
> Pimpin pembicaraan orang-orang yang diundang | Lead the discussion of those invited
> Tulis notula dari pembicaraan itu | Write the minutes of that discussion
> Bagikan notula kepada peserta | Give the minutes to the participants

# tempe hard
? membuat tempe | making tempeh
> Rebus kedelai sampai lunak | Boil soybeans until soft
> Kupas kulit kedelai yang sudah lunak | Take the skins off the soft soybeans
> Tiriskan kedelai tanpa kulit sampai kering dan dingin | Drain the skinned soybeans until dry and cool
> Taburkan ragi pada kedelai yang kering dan dingin | Sprinkle the starter on the dry and cool soybeans
> Bungkus kedelai yang sudah beragi | Wrap the soybeans with their starter
> Simpan bungkusan dua hari sampai menjadi tempe | Keep the wrapped soybeans two days until they are tempeh

# gudang hard
? menambah persediaan gudang | restocking a store room
> Hitung barang yang tersisa di gudang | Count the goods left in the store room
> Bandingkan hasil hitungan dengan batas persediaan | Compare the count with the minimum stock
> Tulis pesanan untuk barang yang kurang dari batas | Write an order for goods below the minimum
> Kirim pesanan itu kepada pemasok | Send that order to the supplier
> Cocokkan barang yang datang dengan pesanan | Check the goods that arrive against the order
> Simpan barang yang sudah cocok di rak | Put the checked goods on the shelf
`;
