"""Texts in 19 scripts, of symbols and of code, 100 of each: words, made-up words, digits, punctuation and oddities.

The words are common ones (house, water, day, good …), written down for this file; everything else is drawn with a seed.
"""
import random

SEED = 20261126
EACH = 100

# Name: words, ranges of letters and marks, digits of its own.
SCRIPTS = {
    "latin": ("house water the don't I'll we've Straße naïve café œuvre Ærø łódź žluťoučký İstanbul ñandú Übermaß fjord",
              [(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x17F), (0x1E00, 0x1EFF), (0x300, 0x36F)], None),
    "cyrillic": ("дом вода день хороший Москва ещё подъезд їжа ґанок ўсё ќе љубав съешь булок",
                 [(0x400, 0x45F), (0x460, 0x52F), (0x483, 0x487)], None),
    "greek": ("σπίτι νερό ημέρα καλός Ἀθῆναι ΟΔΥΣΣΕΥΣ ὁδός ϊός άλφα", [(0x370, 0x3FF), (0x1F00, 0x1FFF)], None),
    "arabic": ("بيت ماء يوم جيد السَّلَامُ عَلَيْكُم مدرسة پارسی چهار اُردُو لله",
               [(0x620, 0x64A), (0x64B, 0x65F), (0x671, 0x6D3), (0xFB50, 0xFBB1), (0xFE70, 0xFEFC)], 0x660),
    "hebrew": ("בית מים יום טוב שָׁלוֹם עוֹלָם יְרוּשָׁלַיִם צה״ל", [(0x5D0, 0x5EA), (0x591, 0x5BD), (0xFB1D, 0xFB4F)], None),
    "devanagari": ("घर पानी दिन अच्छा नमस्ते हिन्दी संस्कृतम् ज्ञान क्‍ष मराठी क़लम", [(0x904, 0x939), (0x93A, 0x94F), (0x958, 0x97F)], 0x966),
    "bengali": ("বাড়ি জল দিন ভালো বাংলা ক্ষমা আন্তর্জাতিক রূপকথা", [(0x985, 0x9B9), (0x9BC, 0x9CD), (0x9DC, 0x9E3)], 0x9E6),
    "tamil": ("வீடு தண்ணீர் நாள் நல்ல தமிழ் வணக்கம் க்ஷேமம்", [(0xB85, 0xBB9), (0xBBE, 0xBCD)], 0xBE6),
    "telugu": ("ఇల్లు నీరు రోజు మంచి తెలుగు నమస్కారం స్త్రీ", [(0xC05, 0xC39), (0xC3E, 0xC56)], 0xC66),
    "thai": ("บ้าน น้ำ วัน ดี สวัสดีครับ กรุงเทพมหานคร ภาษาไทย เก็บ", [(0xE01, 0xE2E), (0xE30, 0xE3A), (0xE40, 0xE4E)], 0xE50),
    "georgian": ("სახლი წყალი დღე კარგი თბილისი ᲥᲐᲠᲗᲣᲚᲘ ႠႡႢ ⴀⴁⴂ", [(0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D25)], None),
    "armenian": ("տուն ջուր օր լավ Երևան ՀԱՅԱՍՏԱՆ և բարև՛", [(0x531, 0x556), (0x561, 0x587), (0x559, 0x55F)], None),
    "hangul": ("집 물 날 좋다 안녕하세요 대한민국 한국어 뷁 값을", [(0xAC00, 0xD7A3), (0x1100, 0x11FF), (0x3131, 0x318E)], None),
    "japanese": ("家 水 日 良い こんにちは カタカナ 東京都 食べました ｶﾞｷﾞｸﾞ ヴァイオリン々",
                 [(0x3041, 0x3096), (0x3099, 0x30FF), (0x4E00, 0x9FFF), (0xFF66, 0xFF9F)], 0xFF10),
    "han": ("房子 水 日子 好 你好，世界 中华人民共和国 臺灣 龍 𠮷野家 齉", [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0xF900, 0xFAFF)], None),
    "ethiopic": ("ቤት ውሃ ቀን ጥሩ አማርኛ ሰላም ኢትዮጵያ", [(0x1200, 0x135A), (0x1361, 0x137C), (0xAB01, 0xAB2E)], None),
    "khmer": ("ផ្ទះ ទឹក ថ្ងៃ ល្អ ភាសាខ្មែរ សួស្តី កម្ពុជា", [(0x1780, 0x17B3), (0x17B6, 0x17D3)], 0x17E0),
    "myanmar": ("အိမ် ရေ နေ့ ကောင်း မြန်မာ မင်္ဂလာပါ ကျွန်တော်", [(0x1000, 0x102A), (0x102B, 0x103E), (0x1050, 0x109F)], 0x1040),
    "sinhala": ("ගෙදර වතුර දවස හොඳ සිංහල ආයුබෝවන් ශ්‍රී ලංකාව", [(0xD85, 0xDC6), (0xDCA, 0xDDF)], 0xDE6),
    "symbols": ("😀 👩‍👩‍👧‍👦 🏳️‍🌈 🇫🇷🇩🇪 👍🏽 1️⃣ ❤️ ∑ ∫₀¹ → ⇒ √2 ½ № ™ © € ₹ ¥ ♞ ▁ ▁▁ ░▒▓ ☃ 𝔘𝔫𝔦 ⠓⠑ 🀄 ﷽",
                [(0x2190, 0x22FF), (0x2300, 0x27BF), (0x1F300, 0x1F6FF), (0x1F900, 0x1FAFF), (0x1D400, 0x1D7FF), (0x2460, 0x24FF), (0xFE00, 0xFE0F)], None),
    "code": ("def for(i=0;i<n;++i) {return} x_1 += \"a\\n\" != == -> => :: // /*c*/ #include <stdio.h> SELECT * FROM t; "
             "self.camelCase HTTPServer2 0x1F 1e-5 3.14f {\"k\":[1,2]} \\d+ @test <br/> &amp; $HOME ~/.x || && ???",
             [(0x21, 0x7E)], None),
}
SPACES = [" "] * 12 + ["  ", "   ", "\n", "\n\n", "\n\n\n\n", "\t", "\t\t", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028", " \n ", " " * 17]
MARKS = [", ", ". ", "! ", "? ", ": ", "; ", " – ", "—", "…", "-", "_", "/", "'", "\u2019", " \"", "\" ", " (", ") ", "«", "»", "،", "؟", "।", "။", "、", "。", "።", "៖", "・", "!!!", "...", "''"]
ODD = ["\u0301", "\u0308\u0323", "\u200d", "\u200c", "\u200e", "\u202e", "\ufeff", "\u00ad", "\ufe0f", "\x00", "\x07", "\x1b", "\x7f", "\x85",
       "\ue000", "\U000f0000", "\u0378", "\ufffd", "\uffff", "<|im_start|>", "<|im_end|>", "<bos>", "<eos>", "<0x0A>", "<start_of_turn>", "▁", "▁▁", "Ġ", "Ċ"]


def texts():
    """name, text for every text, in order."""
    for name in SCRIPTS:
        generator = random.Random(f"{SEED} {name}")
        for _ in range(EACH):
            yield name, one(generator, name)


def one(generator, name):
    text = generator.choice(["", "", "", "", " ", "\n", "  "])
    for _ in range(generator.randint(1, 12)):
        kind = generator.random()
        if kind < 0.45:
            text += cased(generator, word(generator, name))
        elif kind < 0.65:
            text += invented(generator, name)
        elif kind < 0.77:
            text += number(generator, name)
        elif kind < 0.85:
            text += word(generator, generator.choice(list(SCRIPTS)))
        elif kind < 0.92:
            text += generator.choice(ODD)
        else:
            text += generator.choice(MARKS) * generator.choice([1, 1, 1, 2, 5])
        text += generator.choice([generator.choice(SPACES), generator.choice(SPACES), generator.choice(MARKS), ""])
    return text if generator.random() < 0.5 else text.rstrip(" ")


def word(generator, name):
    return generator.choice(SCRIPTS[name][0].split(" "))


def cased(generator, text):
    return generator.choice([text, text, text, text.upper(), text.capitalize()])


def invented(generator, name):
    """Letters and marks in any order, as no language has them; some code points are not assigned."""
    ranges = SCRIPTS[name][1]
    letters = [chr(generator.randint(*generator.choice(ranges))) for _ in range(generator.randint(1, 6))]
    return "".join(letters) * generator.choice([1] * 9 + [7])


def number(generator, name):
    digits = str(generator.randint(0, 10 ** generator.randint(1, 9)))
    own = SCRIPTS[name][2]
    if own and generator.random() < 0.6:
        return "".join(chr(own + int(digit)) for digit in digits)
    return generator.choice([digits, f"{int(digits):,}", digits + ".5", "-" + digits, digits + "%", "№" + digits])
