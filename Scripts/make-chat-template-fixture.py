#!/usr/bin/env python3
"""Writes Tests/GenerationTests/Fixtures/chat-templates.json: templates of the project's own, conversations, and
what Jinja makes of them, set up as transformers sets it up.

    python3 -m venv .peer && .peer/bin/pip install jinja2==3.1.6
    .peer/bin/python Scripts/make-chat-template-fixture.py

Objects are written as {"entries": [[key, value], …]}, so that the order of their keys is kept. A case without an
output is one that Jinja refuses; `raised` is what the template itself says.
"""
import datetime
import json
import pathlib
import sys

import jinja2
import jinja2.ext
import jinja2.sandbox

CLOCK = datetime.datetime(2024, 7, 26, 9, 5, 3)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class Raised(jinja2.exceptions.TemplateError):
    pass


def raise_exception(message):
    raise Raised(message)


class Namespace(jinja2.utils.Namespace):
    """As in transformers: no names that begin with an underscore."""

    def __init__(*args, **kwargs):
        self, args = args[0], args[1:]
        attributes = dict(*args, **kwargs)
        for name in attributes:
            Namespace.check(name)
        jinja2.utils.Namespace.__init__(self, attributes)

    def __setitem__(self, name, value):
        Namespace.check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def check(name):
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(name)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["namespace"] = Namespace
    env.globals["strftime_now"] = lambda format: CLOCK.strftime(format)
    return env


ENVIRONMENT = environment()


def render(template, variables):
    """The output, or None and what the template says where it is refused."""
    try:
        return ENVIRONMENT.from_string(template).render(**variables), None
    except Raised as error:
        return None, str(error)
    except Exception:
        return None, None


def ordered(value):
    if isinstance(value, dict):
        return {"entries": [[key, ordered(item)] for key, item in value.items()]}
    if isinstance(value, list):
        return [ordered(item) for item in value]
    return value


# What expressions are tried on.
VALUES = {
    "word": "Seed", "phrase": "  the winged seed\n of the ELM  ", "empty": "", "accent": "naïve Straße ΣΑΣ", "sign": "<|end|>",
    "zero": 0, "three": 3, "minus": -7, "half": 0.5, "large": 1e16, "tiny": 1e-5, "yes": True, "no": False, "nil": None,
    "list": [3, 1, 2], "words": ["elm", "Oak", "ash", "elm"], "nothing": [], "mixed": [1, "a", None, True, 2.5],
    "tree": {"name": "elm", "height": 30, "leaves": {"form": "oval"}, "items": 5}, "none_in": {"a": None},
    "people": [
        {"name": "Ada", "age": 36, "tags": ["x"]}, {"name": "bob", "age": 7, "tags": []},
        {"name": "Cy", "tags": ["x", "y"]}],
}

EXPRESSIONS = """
word|upper, word|lower, phrase|trim, phrase|trim|title, accent|upper, accent|lower, accent|title, accent|capitalize
word ~ three ~ nil ~ yes, word + '!', word * 3, 2 * 'ab', list + [4], [1] * 2, 2 * [1, 2], yes[1:], tree[:1], three + minus, three - half, three / 2, minus // 2, minus % 4
three ** 4, 2 ** -1, half * 4, 7.5 // 2, -7.5 % 2, 1e3, 12_000, 0x1f, 0b101, 0o17, 1.5e-7, large, tiny, three * 1.0
word[0], word[-1], word[1:3], word[::-1], word[-2:], word[:100], word[5:], list[1:], list[::-1], list[-2:][0], list[7], word[9], list['a']
tree.name, tree['name'], tree.leaves.form, tree.missing, tree['items'], tree.get('height'), tree.get('x'), tree.get('x', 'd')
tree.keys()|list, tree.values()|list, tree.items()|list, tree.missing.deeper, missing.deeper, missing['x'], missing, missing|default('d'), nil|default('d'), nil|default('d', true), empty|default('d', boolean=true)
three == 3.0, yes == 1, word == 'Seed', word != 'seed', nil == false, 1 < 2 < 3, 1 < 3 < 2, 'a' < 'b', [1, 2] < [1, 3], 3 > half, 'a' < 1, nil < 1
'ee' in word, 'x' in word, 3 in list, 9 not in list, 'name' in tree, nil in mixed, 1 in 'a', 'a' in nil, 'a' in missing, not yes, not nothing
yes and word, no and word, no or word, word or no, empty or nil or 'z', not no and yes, 1 if yes else 2, 1 if no, (1 if no) is defined, 'a' if no else 'b' if no else 'c'
word is string, word is mapping, tree is mapping, tree is iterable, list is sequence, list is iterable, three is number, three is integer, half is float, yes is number, yes is boolean, yes is true, no is false, nil is none, nil is not none, missing is defined, missing is undefined, word is defined
three is odd, three is even, 9 is divisibleby 3, 9 is divisibleby(2), three is eq 3, three is ne 3, three is gt 2, three is in [1, 3], three is sameas 3, three is sameas 3.0, 'ab' is lower, 'AB' is upper, 'Ab' is upper, 'upper' is filter, 'odd' is test, missing is none, word is callable, range is callable
word|length, list|length, tree|length, missing|length, three|length, nil|length, list|count, list|first, list|last, nothing|first, word|first, tree|first
list|join, list|join(', '), words|join('-'), people|join(', ', attribute='name'), mixed|join('|'), nothing|join('x'), words|sort, words|sort(reverse=true), words|sort(case_sensitive=true), list|sort, mixed|sort, people|sort(attribute='name')|map(attribute='name')|list
words|unique|list, list|sum, people|map(attribute='age', default=0)|sum, list|min, list|max, words|min, words|max, list|reverse|list, word|reverse, words|map('upper')|list, words|map('replace', 'e', 'E')|join(' '), people|map(attribute='name')|join(','), people|map(attribute='tags.0')|list
list|select('odd')|list, list|reject('odd')|list, mixed|select|list, list|select('gt', 1)|list, people|selectattr('age')|map(attribute='name')|list, people|selectattr('age', 'defined')|list|length, people|rejectattr('age', 'defined')|map(attribute='name')|list, people|selectattr('name', 'equalto', 'bob')|list, people|selectattr('tags', 'sequence')|list|length
list|batch(2)|list, list|batch(2, 0)|list, tree|dictsort, tree|dictsort(by='value'), tree|items|list, three|items|list, missing|items|list, word|list, tree|list, range(4)|list, range(2, 9, 3)|list, range(5, 0, -2)|list, range(3)[1], range(100001)
'42'|int, '4.9'|int, 'x'|int, 'x'|int(7), '1f'|int(0, 16), half|int, nil|int, yes|int, ' 12 '|int, '1.5'|float, 'x'|float, 'x'|float(2.5), three|float, minus|abs, 2.5|round, 3.5|round, 2.345|round(2), 2.341|round(2, 'ceil'), 2.349|round(2, 'floor'), three|round, 1234|round(-2)
three|string, nil|string, list|string, tree|string, mixed|string, half|string, large|string, ("it's" ~ '')|list, ["it's", 'say "x"', 'both \\' and "', 'tab\\t', 'é'], (1,), (1, 2), (), {}, [], {'a': [1, {'b': none}]}, [true, 1.0]
tree|tojson, mixed|tojson, tree|tojson(indent=2), nothing|tojson(indent=2), {}|tojson(indent=2), [[], {}]|tojson(indent=1), tree|tojson(sort_keys=true), tree|tojson(separators=(',', ':')), accent|tojson, accent|tojson(ensure_ascii=true), '"\\\\/\\n\\t\\x01\\x7f😀'|tojson, '\\x7f😀'|tojson(ensure_ascii=true), large|tojson, missing|tojson, {1: 2, none: 3, true: 4}|tojson, half|tojson
phrase.strip(), phrase.lstrip(), phrase.rstrip(), 'xxaxx'.strip('x'), 'xyaxy'.strip('yx'), 'a,b,,c'.split(','), 'a,b,,c'.split(',', 1), 'a,b,c'.rsplit(',', 1), phrase.split(), phrase.split(none, 2), phrase.rsplit(none, 1), phrase.split(maxsplit=1), ''.split(','), ''.split(), 'a\\nb\\r\\nc\\n'.splitlines(), 'a\\nb'.splitlines(true), 'a'.split('')
word.startswith('S'), word.startswith('e'), word.startswith(('x', 'Se')), word.endswith('ed'), word.endswith('ed', 3), word.startswith('e', 1), word.upper(), word.lower(), word.title(), "they're here".title(), "they're here"|title, 'o-k (so) [x] <y> {z}'|title, accent.capitalize(), accent.swapcase(), word.replace('e', 'E'), word.replace('e', 'E', 1), word.replace('', '.'), 'aaa'.replace('aa', 'b')
word.find('e'), word.rfind('e'), word.find('x'), word.index('d'), word.index('x'), word.count('e'), 'aaaa'.count('aa'), ''.count(''), 'ab'.count(''), '-'.join(words), '-'.join(list), ','.join('abc'), 'a=b=c'.partition('='), 'a=b=c'.rpartition('='), 'abc'.partition('x'), 'abc'.rpartition('x')
'12'.isdigit(), '1x'.isdigit(), '²'.isdigit(), '²'.isdecimal(), '½'.isnumeric(), 'ab'.isalpha(), 'a1'.isalnum(), ' \\t'.isspace(), ''.isspace(), 'AB1'.isupper(), 'ab'.islower(), '1'.islower(), 'é'.isascii(), 'ab'.ljust(4, '.'), 'ab'.rjust(4), 'ab'.center(5, '*'), 'abc'.center(6, '*'), 'abc'.center(8, '*'), '7'.zfill(3), '-7'.zfill(4), 'ab'.removeprefix('a'), 'ab'.removesuffix('b'), 'x'|center(5)
list.index(1), list.index(9), words.count('elm'), list.append(4), tree.update({}), tree.pop('name'), tree.copy(), word.nothing, word.format(1)
phrase|indent, 'a\\nb\\n\\nc'|indent(2), 'a\\nb'|indent(2, true), 'a\\n\\nb'|indent(2, false, true), 'a\\nb'|indent('> '), 'a\\nb\\n'|indent(1), three|indent, 'one two_three 4'|wordcount, '<a href="x">&\\'</a>'|escape, '<b>'|e, '<b>'|safe, words|map('first')|join, word|attr('x'), word|nothing, word is nothing, word|replace('e', 3)
dict(a=1, b=2), dict({'a': 1}, b=2), dict([('a', 1)]), namespace(a=1).a, namespace(a=1).b, namespace(_a=1), raise_exception('no: ' ~ word), strftime_now('%d %b %Y'), strftime_now('%Y-%m-%d %H:%M:%S %A %B %j %p %y'), nil.x, nil['x'], three.x, nil(), word(), missing(), nil|trim, three|upper, missing|trim, missing|upper, missing|list, missing|join
'a' 'b' "c", 'l\\x41\\u00e9\\U0001F600\\101\\q\\\\', 'a\\
b', "d\\"q", 'é\\é', -three, +three, - -three, -three|abs, (-three)|abs, -three.x, not three == 3, three is not eq 3, three if three is odd else minus, 1 + 2 ~ 3 + 4, 2 * 3 ~ 4, 2 ** 3 ** 2, (1, 2)[1], {'a': 1}.a, {'a': 1}['a'], [[1, 2], [3]][0][1], 'abc'[1:][0], 'a'.upper().lower(), tree.leaves['form'][0]|upper, people[0].tags[0], list.0, word.0
1 // 0, 1 % 0, 1 / 0, word - 1, word + 1, list + 1, nil + 1, missing + 1, yes + yes, word % 3, 10 ** 30, three(), [1, 2, 3][0:2], [1, 2, 3][2:0:-1], [1, 2, 3][::2], [1, 2, 3][::0], word['upper'](), tree['keys']()|list, {}['a'], {'items': 1}['items'], list is eq [3, 1, 2], tree == tree, (1, 2) == [1, 2]
""".strip()

STATEMENTS = [
    "{% if yes %}a{% elif no %}b{% else %}c{% endif %}", "{% if no %}a{% elif three > 2 %}b{% else %}c{% endif %}",
    "{% if no %}a{% endif %}|", "{% if (yes, no) %}t{% endif %}", "{% if yes: %}colon{% endif %}",
    "{% for x in list %}{{ loop.index }}/{{ loop.length }}={{ x }}{{ ',' if not loop.last }}{% endfor %}",
    "{% for x in list %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }} {% endfor %}",
    "{% for x in words %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }};{% endfor %}",
    "{% for x in words %}{{ loop.cycle('a', 'b', 'c') }}{{ loop.changed(x) }}{% endfor %}",
    "{% for x in nothing %}a{% else %}none{% endfor %}", "{% for x in missing %}a{% else %}none{% endfor %}", "{% for x in nil %}a{% endfor %}",
    "{% for k, v in tree.items() %}{{ k }}={{ v }} {% endfor %}", "{% for k in tree %}{{ k }} {% endfor %}", "{% for k, v in list %}{% endfor %}",
    "{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for c in word %}{{ c }}.{% endfor %}",
    "{% for x in list if x > 1 %}{{ loop.index }}{{ x }}{% else %}-{% endfor %}", "{% for x in list if x > 9 %}x{% else %}-{% endfor %}",
    "{% for p in people if p.age is defined and p.age > 9 %}{{ p.name }}{% endfor %}",
    "{% for x in range(5) %}{% if x == 3 %}{% break %}{% endif %}{% if x is odd %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in [1, 2] %}{% for y in [1, 2] %}{{ x * y }}{{ loop.depth }}{{ loop.depth0 }} {% endfor %}{{ loop.depth }}|{% endfor %}",
    "{% set x = 1 %}{% for y in list %}{% set x = x + y %}{{ x }} {% endfor %}{{ x }}", "{% set x = 1 %}{% if yes %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% set ns = namespace(n=0, found=false) %}{% for y in list %}{% set ns.n = ns.n + y %}{% if y == 1 %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.n }}{{ ns.found }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set a = 1, 2 %}{{ a }}", "{% set (a, b) = [3, 4] %}{{ a ~ b }}", "{% set a, b = [1] %}", "{% set x.y = 1 %}", "{% set tree.x = 1 %}",
    "{% set x %}block {{ word }}{% endset %}[{{ x }}]", "{% set x | upper | trim %}  block {{ word }} {% endset %}[{{ x }}]",
    "{% macro m(a, b=2, c=a) %}{{ a }}-{{ b }}-{{ c }};{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=5, a=4) }}{{ m() }}",
    "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, k=4) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1)|upper ~ m('x') }}",
    "{% set g = 'g' %}{% macro m() %}{{ g }}{% set g2 = 'x' %}{% endmacro %}{{ m() }}{{ g2 }}", "{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(4) }}",
    "{% macro wrap() %}<{{ caller() }}>{% endmacro %}{% call wrap() %}in {{ word }}{% endcall %}", "{% macro wrap() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) wrap() %}{{ a + b }}{% endcall %}",
    "{% filter upper %}text {{ word }}{% endfilter %}", "{% filter replace('t', 'T')|trim %} text {% endfilter %}|", "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }}",
    "{% generation %}{{ word }}{% set z = 1 %}{% endgeneration %}{{ z }}", "{% raw %}{{ not code }} {% if %}{% endraw %}|", "{%- raw -%}  {{ x }}  {%- endraw -%}  |", "{% print word, 1 %}",
    "a {# comment #} b", "a {#- comment -#} b", "a\n{# comment #}\nb", "a\n  {# comment #}\n  b", "a {# two\nlines #}\nb",
    "a\n{% if yes %}\nb\n{% endif %}\nc", "a\n  {% if yes %}\n  b\n  {% endif %}\n  c", "a\n  {%- if yes -%}\n  b\n  {%- endif -%}\n  c", "a\n  {%+ if yes +%}\n  b\n  {%+ endif +%}\n  c",
    "  {% if yes %}x{% endif %}  \n", "x  {% if yes %}y{% endif %}", "a\n  {{ word }}\n  b", "a\n  {{- word -}}\n  b", "{{ word }}\n", "{{ word }}\n\n", "a\r\nb\rc\n", "\n\n{% if yes %}\n\nx{% endif %}\n",
    "{% if yes %}\n  {% if yes %}\n    x\n  {% endif %}\n{% endif %}\n", "{% for x in list %}\n{{ x }}\n{% endfor %}\nend", "{%- for x in list %}\n{{- x }}\n{%- endfor %}\nend", "\t {% set x = 1 %}\t\n{{ x }}",
    "{{ {'a': {'b': 1}} }}", "{{ {'a': 1}['a'] }}}}", "{{ '}}' }}{{ '%}' }}{% if '%}' == '%}' %}ok{% endif %}", "{{ \"{{ '{%' }}\" }}", "a { b } c {", "{{ (1 +\n2) }}\n{{ missing.x.y }}",
    "{% if yes %}", "{% endif %}", "{{ 1 +", "{{ 1 + }}", "{{ (1 }}", "{{ 1 ) }}", "{% for %}{% endfor %}", "{% for x in %}{% endfor %}", "{% unknown %}", "{{ 'a }}", "{# open", "{% raw %}x", "{{ a b }}", "{{ | upper }}", "{{ 1 | }}", "{{ x is }}", "{{ $ }}",
    "{% break %}", "{% set 1 = 2 %}", "{% set true = 2 %}", "{% macro %}{% endmacro %}", "{% else %}", "{{}}", "{% %}", "{{ f(a=1, 2) }}", "{{ [1, 2 }}", "{{ {'a' 1} }}", "{{ 1 if }}", "{{ x.1.2 }}", "{{ x[] }}", "{{ 'a' is string is string }}", "{% if yes %}{% else %}{% elif no %}{% endif %}", "{% for x in list %}{% endif %}",
    "{% set x = [] %}{{ x.append(1) }}", "{{ word.__class__ }}", "{{ word._x }}", "{{ tree.__len__() }}", "{% set ns = namespace() %}{% set ns._x = 1 %}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}", 
    "{{ range(3)|map('string')|join('.') }}", "{% if words|select('equalto', 'zzz') %}always{% endif %}", "{% if words|select('equalto', 'zzz')|list %}never{% endif %}", "{{ (words|map('upper'))|length }}", "{{ loop }}", "{% for a in [1] %}{{ loop.nothing is defined }}{{ loop.length }}{% endfor %}",
    "{{ people|map(attribute='name')|map('lower')|sort|join('/') }}", "{{ f(*list) }}", "{% macro f(a, b, c) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(*list) }}{{ f(**{'a': 1, 'c': 3}) }}",
]

CHATML = """{% for message in messages %}
{% if loop.first and message.role != 'system' %}
<|im_start|>system
You grow trees.<|im_end|>
{% endif %}
<|im_start|>{{ message['role'] }}
{{ message['content'] }}<|im_end|>
{% endfor %}
{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""

BRACKETS = """{{ bos_token }}{%- if messages[0]['role'] == 'system' -%}
  {%- set system = messages[0]['content'] | trim + '\\n\\n' -%}
  {%- set rest = messages[1:] -%}
{%- else -%}
  {%- set system = '' -%}{%- set rest = messages -%}
{%- endif -%}
{%- for message in rest -%}
  {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
    {{- raise_exception('Turns must alternate user/assistant/user/assistant/...') -}}
  {%- endif -%}
  {%- if message['role'] == 'user' -%}
    {{- '[INST] ' + (system if loop.first else '') + message['content'].strip() + ' [/INST]' -}}
  {%- elif message['role'] == 'assistant' -%}
    {{- ' ' + message['content'].strip() + eos_token -}}
  {%- endif -%}
{%- endfor -%}"""

HEADERS = """{{- bos_token }}
{%- if custom_tools is defined %}{% set tools = custom_tools %}{% endif %}
{%- if not date_string is defined %}{%- set date_string = strftime_now("%d %b %Y") %}{%- endif %}
{%- if messages and messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message + "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}{{- raise_exception("one tool call at a time") }}{%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '{"name": "' + tool_call.name + '", "parameters": ' }}{{- tool_call.arguments | tojson }}{{- "}" }}
        {{- "<|eot_id|>" }}
    {%- elif message.role == "tool" %}
        {%- if message.content is mapping or message.content is iterable and message.content is not string %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}"""

TURNS = """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<turn>' + role + '\\n' + message['content'] | trim + '</turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<turn>model\\n'}}{% endif %}"""

LINES = """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{% generation %}
{{ '<|assistant|>\\n'  + message['content'] + eos_token }}
{% endgeneration %}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}"""

TOOLS = """{%- if tools %}
{{- '<|im_start|>system\\n' }}
{%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
{{- "# Tools\\n<tools>" }}
{%- for tool in tools %}{{- "\\n" }}{{- tool | tojson }}{%- endfor %}
{{- "\\n</tools><|im_end|>\\n" }}
{%- endif %}
{%- set ns = namespace(multi_step=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step and message.role == "user" and message.content is string and not(message.content.startswith('<r>') and message.content.endswith('</r>')) %}
        {%- set ns.multi_step = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}{%- set content = message.content %}{%- else %}{%- set content = '' %}{%- endif %}
    {%- if message.role == "assistant" %}
        {%- set reasoning = '' %}
        {%- if '</think>' in content %}
            {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and (loop.last or reasoning) %}
            {{- '<a>' + '<think>\\n' + reasoning.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<a>' + content }}
        {%- endif %}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if (loop.first and content) or (not loop.first) %}{{- '\\n' }}{%- endif %}
                {%- if tool_call.function %}{%- set tool_call = tool_call.function %}{%- endif %}
                {{- '{"name": "' }}{{- tool_call.name }}{{- '", "arguments": ' }}
                {%- if tool_call.arguments is string %}{{- tool_call.arguments }}{%- else %}{{- tool_call.arguments | tojson }}{%- endif %}
                {{- '}' }}
            {%- endfor %}
        {%- endif %}
        {{- '</a>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}{{- '<u>' }}{%- endif %}
        {{- '\\n<r>\\n' }}{{- content }}{{- '\\n</r>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}{{- '</u>\\n' }}{%- endif %}
    {%- else %}
        {{- '<' + message.role + '>' + content + '</>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<a>' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{%- endif %}"""

MACROS = """{%- macro describe(properties, required, depth=0) -%}
{%- for name, value in properties | dictsort -%}
{{ '  ' * depth }}{{ name }}: {{ value.type | default('any') | upper }}{% if name in (required or []) %} (needed){% endif %}
{%- if value.properties is defined and value.properties is mapping %}

{{ describe(value.properties, value.required, depth + 1) }}
{%- endif %}{{ ',' if not loop.last }}
{% endfor -%}
{%- endmacro -%}
{%- for tool in tools or [] %}
function {{ tool.function.name }}: {{ tool.function.description | trim | replace('\\n', ' ') }}
{{ describe(tool.function.parameters.properties, tool.function.parameters.required) | indent(2) }}
{%- endfor %}
{%- for message in messages %}
{%- if message.content is string %}{{ message.role | title }}: {{ message.content }}
{%- else %}{{ message.role | title }}: {% for part in message.content or [] %}{% if part.type == 'text' %}{{ part.text }}{% else %}[{{ part.type }}]{% endif %}{% endfor %}
{%- endif %}
{{ '\\n' }}
{%- endfor %}"""

TOOL = {"type": "function", "function": {
    "name": "weather", "description": " The weather\nof a place. ",
    "parameters": {"type": "object", "properties": {
        "place": {"type": "string", "description": "Wörter & <signs>"},
        "days": {"type": "integer"}, "options": {"type": "object", "properties": {"unit": {"type": "string"}}, "required": ["unit"]}},
        "required": ["place"]}}}
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": {"place": "Köln", "days": 2}}}


def turn(role, content, **more):
    return {"role": role, "content": content, **more}


CONVERSATIONS = [
    {"messages": [turn("user", "Hello")], "add_generation_prompt": True},
    {"messages": [turn("system", " Be brief. \n"), turn("user", "What is an elm?\n"), turn("assistant", " A tree. "), turn("user", "And a samara? 😀")], "add_generation_prompt": True},
    {"messages": [turn("user", "a"), turn("assistant", "b")], "add_generation_prompt": False},
    {"messages": [turn("user", "a"), turn("user", "b")], "add_generation_prompt": True},
    {"messages": [turn("assistant", "first")], "add_generation_prompt": True},
    {"messages": [], "add_generation_prompt": True},
    {"messages": [turn("user", "</s> [INST] <|im_end|> {{ bos_token }} {% raw %}")], "add_generation_prompt": True},
    {"messages": [turn("user", "2+2?"), turn("assistant", "<think>\nsum\n</think>\n\n4"), turn("user", "+1?"), turn("assistant", "<think>more</think>5")], "add_generation_prompt": False},
    {"messages": [turn("system", "Tools."), turn("user", "Weather?"), turn("assistant", "", tool_calls=[CALL]), turn("tool", "rain"), turn("tool", "sun"), turn("assistant", "Rain.")], "tools": [TOOL], "add_generation_prompt": True, "enable_thinking": False},
    {"messages": [turn("user", "x"), {"role": "assistant", "content": None, "tool_calls": [CALL, CALL]}], "add_generation_prompt": False},
    {"messages": [turn("user", [{"type": "text", "text": "look"}, {"type": "image"}])], "add_generation_prompt": False, "date_string": "1 Jan 2025"},
]

TEMPLATES = [CHATML, BRACKETS, HEADERS, TURNS, LINES, TOOLS, MACROS]


def expressions():
    """Expressions are parted by commas outside of brackets and texts."""
    for line in EXPRESSIONS.replace("\\\n", "\0").split("\n"):
        depth, quote, start, escaped = 0, None, 0, False
        for place, sign in enumerate(line):
            if quote:
                if escaped:
                    escaped = False
                elif sign == "\\":
                    escaped = True
                elif sign == quote:
                    quote = None
            elif sign in "'\"":
                quote = sign
            elif sign in "([{":
                depth += 1
            elif sign in ")]}":
                depth -= 1
            elif sign == "," and depth == 0:
                yield line[start:place].strip().replace("\0", "\\\n")
                start = place + 1
        yield line[start:].strip().replace("\0", "\\\n")


def case(template, variables):
    output, raised = render(template, variables)
    result = {"template": template}
    if output is not None:
        result["output"] = output
    if raised is not None:
        result["raised"] = raised
    return result


def main():
    snippets = [case("{{ " + text + " }}", VALUES) for text in expressions()]
    snippets += [case(text, VALUES) for text in STATEMENTS]
    tokens = {"bos_token": "<s>", "eos_token": "</s>", "tools": None, "documents": None}
    whole = []
    for template in TEMPLATES:
        outcomes = []
        for conversation in CONVERSATIONS:
            outcome = case(template, {**tokens, **conversation})
            del outcome["template"]
            outcomes.append(outcome)
        whole.append({"template": template, "outcomes": outcomes})
    fixture = {
        "values": ordered(VALUES), "tokens": ordered(tokens), "snippets": snippets,
        "conversations": [ordered(conversation) for conversation in CONVERSATIONS], "templates": whole}
    path = pathlib.Path(__file__).parent.parent / "Tests/GenerationTests/Fixtures/chat-templates.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(fixture, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    refused = sum("output" not in snippet for snippet in snippets)
    print(f"{len(snippets)} snippets, {refused} of them refused; {len(TEMPLATES)} templates on {len(CONVERSATIONS)} conversations", file=sys.stderr)


if __name__ == "__main__":
    main()
