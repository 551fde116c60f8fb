"""What the pages of the programs say in their tables of options."""
import collections
import re

Option = collections.namedtuple('Option', 'names argument meaning default')


def rows(text):
    """The tables' rows, as lists of their cells."""
    for line in text.splitlines():
        if line.startswith('| ') and not line.startswith('| ---'):
            cells = re.split(r'(?<!\\)\|', line.strip().strip('|'))
            yield [c.strip() for c in cells]


def names(cell, pattern):
    """What matches in the cell's literal text."""
    return re.findall(pattern, ' '.join(re.findall(r'`([^`]*)`', cell)))


def options_section(page):
    """What is below the heading Options."""
    return page.split('\n## Options\n')[1].split('\n## ')[0]


def options(page):
    """The rows of the table of options as Option: names has -X and --long ones, argument is
    what the page calls it, or None."""
    for cells in rows(options_section(page)):
        literals = re.findall(r'`([^`]*)`', cells[0])
        if not literals:
            continue
        words = [literal.partition(' ') for literal in literals]
        arguments = [argument for _, _, argument in words if argument]
        yield Option([name for name, _, _ in words], arguments[0] if arguments else None,
                     cells[1], cells[-1])
