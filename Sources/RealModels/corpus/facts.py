"""What the prompts are made of: common knowledge, written down for this project."""

# country: (capital, other cities, sights)
COUNTRIES = {
    "Afghanistan": ("Kabul", "Kandahar Herat", []),
    "Albania": ("Tirana", "", []),
    "Algeria": ("Algiers", "Oran Constantine", []),
    "Angola": ("Luanda", "", []),
    "Argentina": ("Buenos Aires", "Rosario Mendoza", []),
    "Armenia": ("Yerevan", "", []),
    "Australia": ("Canberra", "Sydney Melbourne Brisbane Perth Adelaide", ["the Sydney Opera House"]),
    "Austria": ("Vienna", "Salzburg Graz Innsbruck Linz", ["the Schönbrunn Palace"]),
    "Azerbaijan": ("Baku", "", []),
    "Bangladesh": ("Dhaka", "Chittagong", []),
    "Belarus": ("Minsk", "Brest", []),
    "Belgium": ("Brussels", "Antwerp Ghent Bruges", ["the Atomium"]),
    "Bolivia": ("La Paz", "Cochabamba", []),
    "Brazil": ("Brasília", "Recife Salvador Manaus Curitiba", ["the Maracanã"]),
    "Bulgaria": ("Sofia", "Plovdiv Varna", []),
    "Cambodia": ("Phnom Penh", "", ["Angkor Wat"]),
    "Canada": ("Ottawa", "Toronto Montreal Vancouver Calgary Winnipeg", ["the CN Tower"]),
    "Chile": ("Santiago", "Valparaíso Concepción", []),
    "China": ("Beijing", "Shanghai Guangzhou Shenzhen Wuhan Chengdu", ["the Great Wall", "the Forbidden City"]),
    "Colombia": ("Bogotá", "Medellín Cali Cartagena", []),
    "Croatia": ("Zagreb", "Split Dubrovnik", []),
    "Cuba": ("Havana", "", []),
    "Denmark": ("Copenhagen", "Aarhus Odense", ["the Little Mermaid"]),
    "Ecuador": ("Quito", "Guayaquil", []),
    "Egypt": ("Cairo", "Alexandria Luxor Aswan", ["the Great Pyramid", "the Sphinx"]),
    "Estonia": ("Tallinn", "Tartu", []),
    "Ethiopia": ("Addis Ababa", "", []),
    "Finland": ("Helsinki", "Tampere Turku Espoo", []),
    "France": ("Paris", "Lyon Marseille Nice Bordeaux Toulouse", ["the Eiffel Tower", "Notre Dame", "the Louvre"]),
    "Georgia": ("Tbilisi", "", []),
    "Germany": ("Berlin", "Munich Hamburg Frankfurt Cologne Dresden Leipzig", ["the Brandenburg Gate", "the Reichstag"]),
    "Ghana": ("Accra", "Kumasi", []),
    "Greece": ("Athens", "Thessaloniki Patras", ["the Parthenon", "the Acropolis"]),
    "Hungary": ("Budapest", "Debrecen Szeged", []),
    "Iceland": ("Reykjavik", "", []),
    "India": ("New Delhi", "Mumbai Kolkata Chennai Hyderabad Bangalore", ["the Taj Mahal", "the Red Fort"]),
    "Indonesia": ("Jakarta", "Surabaya Bandung Medan", ["Borobudur"]),
    "Iran": ("Tehran", "Isfahan Shiraz Tabriz", []),
    "Iraq": ("Baghdad", "Basra Mosul", []),
    "Ireland": ("Dublin", "Cork Galway Limerick", ["Blarney Castle"]),
    "Israel": ("Jerusalem", "Haifa", ["the Western Wall"]),
    "Italy": ("Rome", "Milan Naples Turin Florence Venice Bologna",
              ["the Colosseum", "the Pantheon", "the Trevi Fountain"]),
    "Jamaica": ("Kingston", "", []),
    "Japan": ("Tokyo", "Osaka Kyoto Nagoya Yokohama Hiroshima Nagasaki", ["Mount Fuji", "the Golden Pavilion"]),
    "Jordan": ("Amman", "", ["Petra"]),
    "Kenya": ("Nairobi", "Mombasa Kisumu", []),
    "Kuwait": ("Kuwait City", "", []),
    "Laos": ("Vientiane", "", []),
    "Latvia": ("Riga", "", []),
    "Lebanon": ("Beirut", "Tripoli", []),
    "Libya": ("Tripoli", "Benghazi", []),
    "Lithuania": ("Vilnius", "Kaunas", []),
    "Madagascar": ("Antananarivo", "", []),
    "Malaysia": ("Kuala Lumpur", "Penang", ["the Petronas Towers"]),
    "Mali": ("Bamako", "Timbuktu", []),
    "Malta": ("Valletta", "", []),
    "Mexico": ("Mexico City", "Guadalajara Monterrey Tijuana Acapulco", ["Chichen Itza"]),
    "Mongolia": ("Ulaanbaatar", "", []),
    "Morocco": ("Rabat", "Casablanca Marrakesh Fez Tangier", []),
    "Mozambique": ("Maputo", "", []),
    "Nepal": ("Kathmandu", "Pokhara", []),
    "Nicaragua": ("Managua", "", []),
    "Nigeria": ("Abuja", "Lagos Kano Ibadan", []),
    "Norway": ("Oslo", "Bergen Trondheim Stavanger", []),
    "Oman": ("Muscat", "", []),
    "Pakistan": ("Islamabad", "Karachi Lahore Peshawar", []),
    "Panama": ("Panama City", "", []),
    "Paraguay": ("Asunción", "", []),
    "Peru": ("Lima", "Cusco Arequipa", ["Machu Picchu"]),
    "Poland": ("Warsaw", "Krakow Gdansk Wroclaw Poznan", []),
    "Portugal": ("Lisbon", "Porto Braga Coimbra", ["the Belém Tower"]),
    "Qatar": ("Doha", "", []),
    "Romania": ("Bucharest", "Cluj Timisoara", []),
    "Russia": ("Moscow", "Novosibirsk Vladivostok Kazan", ["the Kremlin", "the Hermitage"]),
    "Rwanda": ("Kigali", "", []),
    "Scotland": ("Edinburgh", "Glasgow Aberdeen Dundee Inverness", []),
    "Senegal": ("Dakar", "", []),
    "Serbia": ("Belgrade", "Novi Sad", []),
    "Slovakia": ("Bratislava", "Kosice", []),
    "Slovenia": ("Ljubljana", "Maribor", []),
    "Somalia": ("Mogadishu", "", []),
    "Spain": ("Madrid", "Barcelona Seville Valencia Bilbao Granada Malaga", ["the Alhambra", "the Sagrada Familia"]),
    "Sudan": ("Khartoum", "", []),
    "Sweden": ("Stockholm", "Gothenburg Malmö Uppsala", []),
    "Switzerland": ("Bern", "Zurich Geneva Basel Lausanne", ["the Matterhorn"]),
    "Syria": ("Damascus", "Aleppo Homs", []),
    "Taiwan": ("Taipei", "", []),
    "Thailand": ("Bangkok", "Phuket", []),
    "Tunisia": ("Tunis", "Sfax", []),
    "Turkey": ("Ankara", "Istanbul Izmir Antalya", ["the Hagia Sophia"]),
    "Uganda": ("Kampala", "", []),
    "Ukraine": ("Kyiv", "Odessa Kharkiv Lviv", []),
    "Uruguay": ("Montevideo", "", []),
    "Uzbekistan": ("Tashkent", "Samarkand Bukhara", []),
    "Venezuela": ("Caracas", "Maracaibo", []),
    "Vietnam": ("Hanoi", "Saigon Hue", []),
    "Wales": ("Cardiff", "Swansea", []),
    "Yemen": ("Sanaa", "Aden", []),
    "Zambia": ("Lusaka", "", []),
    "Zimbabwe": ("Harare", "", []),
    "England": ("London", "Manchester Liverpool Bristol Leeds Birmingham",
                ["Big Ben", "Buckingham Palace", "Stonehenge", "Westminster Abbey"]),
}

# People, as nouns of one token in both numbers; and things.
PEOPLE = """teacher doctor student artist worker writer actor singer player farmer driver lawyer pilot nurse soldier guard
friend neighbor visitor guest leader manager author poet judge king queen boy girl parent brother sister cousin mother
father daughter captain officer engineer scientist painter dancer hunter sailor customer client athlete minister
senator president tourist reader member owner expert director knight monk chef clerk gardener prince pirate critic""".split()
THINGS = """key cabinet book table door window picture letter house garden tree river road car train ship plane chair lamp
bottle plate cup coat hat ring stone flower apple bridge tower wall machine computer phone camera clock bell boat
kitchen room school office store market hotel museum station shop farm village lake hill island castle""".split()
PREPOSITIONS = "near behind beside above below".split()
VERBS = "like know help love meet follow trust praise call visit thank support remember respect fear".split()

OPPOSITES = """hot cold|big small|happy sad|fast slow|old young|light dark|open closed|rich poor|strong weak|wet dry|high low
early late|good bad|hard soft|full empty|love hate|war peace|male female|left right|day night|up down|in out|long short
first last|true false|left right|inside outside|above below|before after|win lose|buy sell|push pull|give take|start end
begin end|north south|east west|summer winter|life death|friend enemy|rough smooth|thick thin|wide narrow|deep shallow
loud quiet|sweet bitter|clean dirty|safe dangerous|simple complex|cheap expensive|easy difficult|alive dead|asleep awake
present absent|maximum minimum|positive negative|public private|increase decrease|success failure|future past|heaven hell
question answer|teacher student|king queen|man woman|boy girl|brother sister|husband wife|father mother|son daughter
victory defeat|top bottom|front back|near far|always never|more less|many few|everything nothing|yes no|ancient modern
internal external|sunrise sunset|laugh cry|remember forget|arrive depart|accept reject|attack defend|import export
include exclude|input output|major minor|majority minority|profit loss|question answer|rise fall|solid liquid
tall short|warm cool|white black|right wrong|brave cowardly|single married|same different|possible impossible
legal illegal|happy unhappy|visible invisible|perfect imperfect""".replace("\n", "|").split("|")

SPANISH = """agua water|casa house|perro dog|gato cat|rojo red|noche night|sol sun|luna moon|libro book|mano hand|mujer woman
amigo friend|tierra earth|negro black|verde green|blanco white|padre father|madre mother|mar sea|cielo sky|fuego fire
amor love|pan bread|vino wine|leche milk|rey king|reina queen|hijo son|hija daughter|hermano brother|hermana sister
hombre man|ciudad city|mundo world|vida life|muerte death|guerra war|paz peace|grande big|nuevo new|viejo old
bueno good|malo bad|alto high|calle street|puerta door|mesa table|silla chair|ventana window|escuela school|iglesia church
flor flower|caballo horse|vaca cow|pez fish|rosa rose|nieve snow|lluvia rain|viento wind|piedra stone|oro gold
plata silver|hierro iron|sangre blood|cabeza head|ojo eye|boca mouth|brazo arm|pie foot|dinero money|tiempo time
hoy today|uno one|dos two|tres three|cuatro four|cinco five|seis six|siete seven|ocho eight|nueve nine|diez ten""".replace(
    "\n", "|").split("|")

NAMES = "Mary John Tom Anna Sarah David Michael Robert Peter Alice Emma Laura Kate Daniel Paul Emily".split()
PLACES = "store park school market office station".split()
GIFTS = "drink book ring letter flower key".split()
LASTING = "war trial project voyage siege strike".split()

NUMBERS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty""".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
LETTERS = "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z".split()

# people: country
PEOPLES = """French France|Japanese Japan|Germans Germany|Italians Italy|Russians Russia|Spanish Spain|Greeks Greece
Egyptians Egypt|Chinese China|Poles Poland|Swedes Sweden|Danes Denmark|Finns Finland|Irish Ireland|Scots Scotland
Welsh Wales|Turks Turkey|Iranians Iran|Iraqis Iraq|Syrians Syria|Cubans Cuba|Canadians Canada|Australians Australia
Austrians Austria|Belgians Belgium|Swiss Switzerland|Hungarians Hungary|Romanians Romania|Bulgarians Bulgaria
Ukrainians Ukraine|Portuguese Portugal|Norwegians Norway|Thais Thailand|Vietnamese Vietnam
Indonesians Indonesia|Nepalese Nepal|Afghans Afghanistan|Pakistanis Pakistan|Kenyans Kenya|Nigerians Nigeria
Ethiopians Ethiopia|Ghanaians Ghana|Peruvians Peru|Chileans Chile|Colombians Colombia|Venezuelans Venezuela
Jamaicans Jamaica|Lebanese Lebanon|Libyans Libya|Moroccans Morocco|Somalis Somalia|Sudanese Sudan|English England
Serbs Serbia|Croats Croatia|Icelanders Iceland|Israelis Israel|Jordanians Jordan|Mongolians Mongolia""".replace(
    "\n", "|").split("|")
