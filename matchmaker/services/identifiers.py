"""Reading what identifies people and organizations: e-mail addresses, phone numbers, credit codes, names.

Each function returns the one form that is stored and compared, or raises `Unreadable` with a sentence for the person.
"""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from stdnum.cn import uscc

from matchmaker.domain.language import N_
from matchmaker.services.reading.text import Unreadable, folded, line, within

EMAIL_LONGEST = 254
PERSON_NAME_LONGEST = 80
ORGANIZATION_NAME_LONGEST = 200
ORGANIZATION_NAME_SHORTEST = 2

_PHONE_PUNCTUATION = re.compile(r"[\s()\-.]")
_CHINESE_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
_FOREIGN_NUMBER = re.compile(r"(?:\+|00)([1-9][0-9]{7,14})")
# Two characters for the registering office and the kind (letters too: N2 is a rural collective), six digits of the
# region, nine of the organization code, one check character. I, O, S, V and Z do not occur.
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_BRACKETS = str.maketrans("（）［］【】", "()[]()")


def read_email(value: object) -> str:
    """Return an e-mail address in lower case. Its domain is not looked up."""
    text = line(value)[: EMAIL_LONGEST + 1]
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized.lower()
    except EmailNotValidError as error:
        raise Unreadable(N_("请填写有效的邮箱地址，例如 name@example.com。")) from error


def read_mobile(value: object) -> str:
    """Return a Chinese mobile number as 11 digits, any other number as +<country><number> (ITU-T E.164)."""
    text = _PHONE_PUNCTUATION.sub("", folded(value)[:60])
    if found := _CHINESE_MOBILE.fullmatch(text):
        return found[1]
    if (found := _FOREIGN_NUMBER.fullmatch(text)) and not found[1].startswith("86"):
        return f"+{found[1]}"
    raise Unreadable(N_("请填写 11 位手机号；境外号码请以 + 和国家代码开头。"))


def read_login(value: object) -> str:
    """Return what somebody typed to log in in the form it is stored in, whether or not it could be an account."""
    for read in (read_email, read_mobile):
        try:
            return read(value)
        except Unreadable:
            continue
    return folded(value)[:EMAIL_LONGEST]


def read_credit_code(value: object) -> str:
    """Return a unified social credit code: 18 characters, the last one a check character (GB 32100-2015)."""
    code = _PHONE_PUNCTUATION.sub("", folded(value)[:60]).upper()
    if len(code) != 18:
        raise Unreadable(N_("统一社会信用代码是 18 位，现在有 %(count)d 位。"), count=len(code))
    # `uscc.is_valid` would refuse letters in the first two places, which the standard allows.
    if not _CREDIT_CODE.fullmatch(code) or code[-1] != uscc.calc_check_digit(code):
        raise Unreadable(N_("这个统一社会信用代码不正确：校验位对不上，请对照营业执照检查。"))
    return code


def read_person_name(value: object) -> str:
    """Return a person's name on one line."""
    name = line(value)
    if not name:
        raise Unreadable(N_("请填写姓名。"))
    return within(name, PERSON_NAME_LONGEST)


def read_organization_name(value: object) -> str:
    """Return an organization's name on one line."""
    name = line(value)
    if len(name) < ORGANIZATION_NAME_SHORTEST:
        raise Unreadable(N_("请填写单位全称，与营业执照或法人证书一致。"))
    return within(name, ORGANIZATION_NAME_LONGEST)


def comparable_name(name: str) -> str:
    """Return a name so that spellings of the same organization are equal: width, case, blanks, brackets."""
    folded_name = unicodedata.normalize("NFKC", name).casefold().translate(_BRACKETS)
    return "".join(folded_name.split())
