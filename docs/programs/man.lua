-- A filter for pandoc, which makes a man page of a program's page in docs/. The page begins
-- with a sentence that says what the program does. What a reader of man expects is made of it:
-- sections in capitals, options and other tables as lists, references to other
-- programs as name(1), all literal text in bold, and at the end what else to read.
-- The metadata "programs" names all programs, with blanks between them.

local programs = {}   -- name -> true
local others = {}     -- the pages of what is no program, as they are met
local stringify = pandoc.utils.stringify

local function strong(text)
  return pandoc.Strong { pandoc.Str(text) }
end

-- name(1)
local function reference(program)
  return { strong(program), pandoc.Str '(1)' }
end

local function literal(code)
  return strong(code.text)
end

-- a character that groff would take for another one, or that is not ASCII
local function character(text)
  local names = { ['\\'] = '\\e', ['-'] = '\\-', ["'"] = '\\(aq', ['`'] = '\\(ga',
    ['^'] = '\\(ha', ['~'] = '\\(ti' }
  return names[text] or #text > 1 and ('\\[u%04X]'):format(utf8.codepoint(text)) or text
end

-- pandoc's own way has a font that terminals lack
local function example(block)
  local text = ('\n' .. block.text):gsub(utf8.charpattern, character):gsub('\n%.', '\n\\&.')
  return pandoc.RawBlock('man', '.PP\n.RS 4\n.EX' .. text .. '\n.EE\n.RE')
end

-- what a link outside leads to; a long one can be broken behind each slash
local function address(element)
  local content = pandoc.List(element.content)
  content:extend { pandoc.Space(), pandoc.Str '(' }
  for part in element.target:gmatch '[^/]*/?' do
    content:extend { pandoc.Str(part), pandoc.RawInline('man', '\\:') }
  end
  content:insert(pandoc.Str ')')
  return content
end

local function link(element)
  local page = element.target:match '^([%w-]+)%.md'
  if page and programs[page] then
    if stringify(element.content) == page then
      return reference(page)
    end
    local content = pandoc.List(element.content)
    content:extend { pandoc.Space(), pandoc.Str '(' }
    content:extend(reference(page))
    content:insert(pandoc.Str ')')
    return content
  end
  if element.target:match '^%a+:' then
    return address(element)
  end
  if page and not others[page] then
    others[page] = true
    others[#others + 1] = page
  end
  return element.content
end

-- the text of a cell of a table
local function inlines(cell)
  return pandoc.List(pandoc.utils.blocks_to_inlines(cell))
end

local function item(term, meaning)
  return { term, { { pandoc.Para(meaning) } } }
end

local function emphasized(cell)
  return pandoc.List { pandoc.Emph(inlines(cell)) }
end

local function extended(list, ...)
  for _, more in ipairs { ... } do
    list:extend(more)
  end
  return list
end

-- what the option means, and its default
local function option(row)
  local meaning, default = inlines(row[2]), inlines(row[3])
  if #default > 0 then
    extended(meaning, { pandoc.Space(), pandoc.Str '(default:', pandoc.Space() }, default,
      { pandoc.Str ')' })
  end
  return item(inlines(row[1]), meaning)
end

-- a row of more columns: each cell behind its heading, because terminals are narrow
local function wide(headers, row)
  local meaning = pandoc.List()
  for n = 2, #row do
    extended(meaning, n > 2 and { pandoc.Str ';', pandoc.Space() } or {}, emphasized(headers[n]),
      { pandoc.Str ':', pandoc.Space() }, inlines(row[n]))
  end
  return item(inlines(row[1]), meaning)
end

local function list(element)
  local simple = pandoc.utils.to_simple_table(element)
  local headers, items = simple.headers, pandoc.List()
  if #headers == 2 then
    items:insert(item(emphasized(headers[1]), emphasized(headers[2])))
  end
  for _, row in ipairs(simple.rows) do
    if #headers == 3 and stringify(headers[1]) == 'option' then
      items:insert(option(row))
    elseif #headers == 2 then
      items:insert(item(inlines(row[1]), inlines(row[2])))
    else
      items:insert(wide(headers, row))
    end
  end
  return pandoc.DefinitionList(items)
end

local function section(title)
  return pandoc.Header(1, pandoc.Str(title))
end

-- what the program does: the page's first sentence
local function summary(blocks)
  for _, block in ipairs(blocks) do
    if block.t == 'Para' then
      local sentence = stringify(block):match '^(.-)%.%f[%s\0]'
      return sentence:sub(1, 1):lower() .. sentence:sub(2)
    end
  end
end

local function see_also(program)
  local inline = pandoc.List()
  for name in pairs(programs) do
    if name ~= program then
      inline:insert(name)
    end
  end
  inline:sort()
  local text = pandoc.List()
  for n, name in ipairs(inline) do
    if n > 1 then
      text:extend { pandoc.Str ',', pandoc.Space() }
    end
    text:extend(reference(name))
  end
  local blocks = pandoc.List { pandoc.Para(text) }
  if #others > 0 then
    table.sort(others)
    blocks:insert(pandoc.Para { pandoc.Str("The documentation of gst-metakafka has "
      .. table.concat(others, '.md, ') .. '.md.') })
  end
  return blocks
end

local function page(document)
  local program = stringify(document.blocks[1])
  local blocks = pandoc.List { section 'NAME',
    pandoc.Para { pandoc.Str(program .. ' - ' .. summary(document.blocks)) },
    section 'SYNOPSIS',
    pandoc.Para { strong(program), pandoc.Space(), pandoc.Str '[', pandoc.Emph 'OPTION',
      pandoc.Str '...]' },
    section 'DESCRIPTION' }
  for n, block in ipairs(document.blocks) do
    if block.t == 'Header' and block.level == 2 then
      blocks:insert(section(stringify(block):upper()))
    elseif block.t == 'Header' then
      blocks:insert(pandoc.Header(2, block.content))
    else
      blocks:insert(block)
    end
    if n == 1 then
      blocks:remove()
    end
  end
  blocks:insert(section 'SEE ALSO')
  blocks:extend(see_also(program))
  document.meta.title = program
  return pandoc.Pandoc(blocks, document.meta)
end

local function read_programs(meta)
  for name in stringify(meta.programs):gmatch '%S+' do
    programs[name] = true
  end
end

return {
  { Meta = read_programs },
  { Link = link },
  { Code = literal, CodeBlock = example, Table = list },
  { Pandoc = page },
}
