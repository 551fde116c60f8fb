#!/usr/bin/env python3
"""completion.py PAGE OUTPUT

Makes bash's completion for a program of its page in docs/: of its table of options. An
argument that is a FILE or a URI, which may be a path, completes files. One whose possible
values are literals of small letters in the option's meaning completes these, but not those
behind "such as" or "member".
"""
import pathlib
import re
import sys

# nothing of a build belongs into the sources
sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import pages

TEMPLATE = """\
# bash completion for {program}(1), made of docs/{program}.md

{function}()
{{
  local word=${{COMP_WORDS[COMP_CWORD]}} at=$((COMP_CWORD - 1))

  # what has a "=" in it is several words to bash: --option=value, NAME=value
  if [ "$word" = = ]; then
    word= at=$COMP_CWORD
  fi
  if [ "${{COMP_WORDS[at]}}" = = ]; then
    while [[ $at -gt 0 && ${{COMP_WORDS[at]}} != -* ]]; do
      at=$((at - 1))
    done
  fi
  COMPREPLY=()
  case ${{COMP_WORDS[at]}} in
{cases}
  esac
  mapfile -t COMPREPLY < <(compgen -W '{options}' -- "$word")
}}
complete -F {function} {program}
"""
FILES = """\
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
"""
WORDS = """\
      mapfile -t COMPREPLY < <(compgen -W '{}' -- "$word")
"""
# literals that are no values, or not all of them
OTHERS = re.compile(r'(?:such as|member) `[^`]*`(?:(?:, | or |, or | and )`[^`]*`)*')


def complete_argument(option):
    """The commands that complete the option's argument: none if nobody knows its values."""
    if re.search(r'(FILE|DIR|URI)$', option.argument):
        return FILES
    values = re.findall(r'`([a-z][a-z0-9-]*)`', OTHERS.sub('', option.meaning))
    return WORDS.format(' '.join(dict.fromkeys(values))) if values else ''


def complete(program, page):
    """The completion of the program, as text."""
    options = list(pages.options(page))
    cases = {}
    for option in options:
        if option.argument:
            cases.setdefault(complete_argument(option), []).extend(option.names)
    return TEMPLATE.format(
        program=program, function='_' + program.replace('-', '_'),
        cases='\n'.join(f'    {" | ".join(names)})\n{commands}      return\n      ;;'
                        for commands, names in cases.items()),
        options=' '.join(name for option in options for name in option.names))


def main():
    page, output = map(pathlib.Path, sys.argv[1:])
    output.write_text(complete(page.stem, page.read_text(encoding='utf-8')), encoding='utf-8')


if __name__ == '__main__':
    main()
