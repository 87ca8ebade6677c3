"""Which encoding a text is in: what it says itself, else UTF-8 or GB18030, whichever it is."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from planner.errors import PointsError
from planner.pointfiles.rows import shown

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""What a file may begin with to say its encoding."""

_USUAL: Final = frozenset(
    "一二三四五六七八九十大小上下东西南北中前后新老左右内外里门口头尾高长平安和兴福吉祥永丰华光明金银石玉白黄红青龙凤马牛"
    "山水河江湖海塘港湾滩岛岙屿沙洲溪泉井桥坝堤渡浦田园林木桃李梅松竹花草茶麦谷坑坡岗岭峰墩埠坪垟"
    "省市县区镇乡村街道路巷弄里号组社庄屯寨营店铺集场圩家宅楼院馆堂房屋室城关广站点所局厅部处公司厂行会中心"
    "学校园医院卫生药店银行邮政农商信合作联营业超市便利商场饭酒食品服装车加油工业开发经济技术建设电力通讯移动"
    "党群驿站骑手快递外卖服务居民委员政府派出警察法税务土地物流管理文化体育图书电影寺庙教堂"
    "王张刘陈杨赵周吴徐孙胡朱郭何罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘袁董余苏叶吕魏蒋汪沈姚方范陆"
    "编号经度纬名称类型地址权重人数口备注电话时间日期是否序代码坐标面积户总"
)
"""Characters that names of places and headings of tables are made of. In any Chinese table many are among them; Chinese
characters that come out of text in another encoding are mostly rare ones."""

_LEAST_SHARE: Final = 1 / 2
"""Share of the characters that must be usual ones. Of the names of places in northern Anhui seven in ten are; of Korean
read as GB18030 one in five, and in a short text by chance one in three; of other languages fewer."""
_LEAST_NUMBER: Final = 2
"""Usual characters that there must be: one alone may be chance."""
_MOST_LOOKED_AT: Final = 200_000
"""Characters of a long text that are looked at: more tell no more."""


def read_text(path: Path, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and a note where its encoding was guessed.

    UTF-8 is tried first: almost any Chinese text in UTF-8 is GB18030 too, with other characters, and hardly any text in
    GB18030 is UTF-8.

    Raises
    ------
    PointsError
        If the text is not in the encoding told, or in none that can be guessed with certainty.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PointsError(path, [f"can't be read: {error.strerror}"]) from error
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding or marked).removeprefix("\ufeff"), ()
    except LookupError as error:
        raise PointsError(path, [f'encoding "{encoding}" is unknown; try "gb18030"']) from error
    except UnicodeError as error:
        text = None if encoding else _as_gb18030(content)
        if text is None:
            raise PointsError(path, [_not_in_encoding(content, encoding, error)]) from error
        return text, (guessed_note(text.splitlines()),)


def guessed_note(texts: Iterable[str]) -> str:
    """Return the sentence on text that was taken for GB18030, with a sample to judge it by."""
    odd = dict.fromkeys(text for text in texts if not text.isascii())
    sample = ", ".join(list(odd)[:3])
    return f'text is not UTF-8 and taken for GB18030 ({shown(sample)}); else say encoding = "…"'


def _as_gb18030(content: bytes) -> str | None:
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if looks_chinese(text) else None


def looks_chinese(text: str) -> bool:
    """Return whether a text holds Chinese as it is written: usual characters, and none that nobody uses."""
    letters = [c for c in text[:_MOST_LOOKED_AT] if not c.isascii() and c.isalpha()]
    if any(unicodedata.category(c) in ("Co", "Cn", "Cc") for c in set(text) if not c.isspace()):
        return False
    n_usual = sum(c in _USUAL for c in letters)
    return n_usual >= max(_LEAST_NUMBER, _LEAST_SHARE * len(letters))


def _not_in_encoding(content: bytes, encoding: str | None, error: UnicodeError) -> str:
    line = ""
    if isinstance(error, UnicodeDecodeError):
        line = f"line {content[: error.start].count(10) + 1} is "
    if encoding:
        return f'{line}not readable with encoding = "{encoding}"'
    return f'{line}not UTF-8; say encoding = "gb18030" if it comes from a Chinese Excel'


# ---------------------------------------------------------------------------------------------
# Shapefiles that don't say their encoding
# ---------------------------------------------------------------------------------------------


def decoded_all(
    texts: list[bytes], encoding: str | None = None
) -> tuple[list[str], tuple[str, ...]] | None:
    """Return texts decoded, and what to say on it; None where they are not in the encoding.

    Without an encoding they are in UTF-8 or GB18030, whichever they all are. A text may end within a character: fields of a
    shapefile are cut at a number of bytes.
    """
    for tried in ("utf-8", "gb18030") if encoding is None else (encoding,):
        found = _decoded_as(tried, texts)
        if found is None:
            continue
        decoded, n_cut = found
        notes = (_cut_note(n_cut),) if n_cut else ()
        if encoding is not None or tried == "utf-8":
            return decoded, notes
        if looks_chinese("\n".join(decoded)):
            return decoded, (guessed_note(decoded), *notes)
    return None


def _cut_note(n_cut: int) -> str:
    texts = "1 text ends" if n_cut == 1 else f"{n_cut} texts end"
    return f"{texts} within a character, which is left out"


def _decoded_as(encoding: str, texts: list[bytes]) -> tuple[list[str], int] | None:
    """Return texts in an encoding and how many are cut; None where they aren't in it, or hardly any character is whole."""
    decoded, n_cut, n_whole = [], 0, 0
    for text in texts:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            decoded.append(decoder.decode(text))
        except UnicodeDecodeError:
            return None
        n_cut += bool(decoder.getstate()[0])
        n_whole += sum(not c.isascii() for c in decoded[-1])
    return (decoded, n_cut) if n_whole > n_cut or not n_cut else None
