using System.Text;

namespace Pier.Cli.Templates;

/// <summary>Go's text/template tokens (package text/template, "Actions" and "Text and spaces").</summary>
sealed class TemplateLexer(string source)
{
    readonly List<Token> _tokens = [];
    int _at;

    public List<Token> Run()
    {
        var trimNext = false;
        while (_at < source.Length)
        {
            var open = source.IndexOf("{{", _at, StringComparison.Ordinal);
            var text = open < 0 ? source[_at..] : source[_at..open];
            if (trimNext)
                text = text.TrimStart(' ', '\t', '\r', '\n');
            var trimThis = open >= 0 && open + 3 < source.Length && source[open + 2] == '-' && char.IsWhiteSpace(source[open + 3]);
            if (trimThis)
                text = text.TrimEnd(' ', '\t', '\r', '\n');
            if (text.Length > 0)
                Add(TokenKind.Text, text);
            if (open < 0)
                break;
            _at = open + (trimThis ? 3 : 2);
            trimNext = Action();
        }
        Add(TokenKind.End, "");
        return _tokens;
    }

    void Add(TokenKind kind, string text, bool spaced = false) => _tokens.Add(new Token(kind, text, _at, spaced));

    /// <summary>Reads up to the closing braces; whether these trim what follows.</summary>
    bool Action()
    {
        if (source.AsSpan(_at).TrimStart().StartsWith("/*"))
        {
            var end = source.IndexOf("*/", _at, StringComparison.Ordinal);
            if (end < 0)
                throw new TemplateException("template: :1: unclosed comment");
            _at = end + 2;
            return Close();
        }
        Add(TokenKind.Open, "{{");
        while (true)
        {
            var before = _at;
            while (_at < source.Length && char.IsWhiteSpace(source[_at]))
                _at++;
            var spaced = _at > before;
            if (_at >= source.Length)
                throw new TemplateException("template: :1: unclosed action");
            if (source.AsSpan(_at).StartsWith("}}") || (spaced && source.AsSpan(_at).StartsWith("-}}")))
            {
                Add(TokenKind.Close, "}}");
                return Close();
            }
            Next(spaced);
        }
    }

    bool Close()
    {
        while (_at < source.Length && char.IsWhiteSpace(source[_at]))
            _at++;
        var trims = _at < source.Length && source[_at] == '-';
        if (trims)
            _at++;
        if (!source.AsSpan(_at).StartsWith("}}"))
            throw new TemplateException("template: :1: comment ends before closing delimiter");
        _at += 2;
        return trims;
    }

    void Next(bool spaced)
    {
        var c = source[_at];
        switch (c)
        {
            case '.' when _at + 1 < source.Length && IsWord(source[_at + 1]) && !char.IsDigit(source[_at + 1]):
                _at++;
                Add(TokenKind.Field, Word(), spaced);
                break;
            case '.':
                Single(TokenKind.Dot, spaced);
                break;
            case '|':
                Single(TokenKind.Pipe, spaced);
                break;
            case '(':
                Single(TokenKind.LeftParenthesis, spaced);
                break;
            case ')':
                Single(TokenKind.RightParenthesis, spaced);
                break;
            case ',':
                Single(TokenKind.Comma, spaced);
                break;
            case '=':
                Single(TokenKind.Assign, spaced);
                break;
            case ':' when source.AsSpan(_at).StartsWith(":="):
                _at += 2;
                Add(TokenKind.Declare, ":=", spaced);
                break;
            case '$':
                _at++;
                Add(TokenKind.Variable, Word(), spaced);
                break;
            case '"':
                Quoted(spaced);
                break;
            case '`':
                Raw(spaced);
                break;
            default:
                if (char.IsDigit(c) || (c is '-' or '+' && _at + 1 < source.Length && char.IsDigit(source[_at + 1])))
                    Number(spaced);
                else if (IsWord(c))
                    Add(TokenKind.Identifier, Word(), spaced);
                else
                    throw new TemplateException($"template: :1: unexpected {Describe(c)} in command");
                break;
        }
    }

    void Single(TokenKind kind, bool spaced)
    {
        _at++;
        Add(kind, source[(_at - 1).._at], spaced);
    }

    string Word()
    {
        var start = _at;
        while (_at < source.Length && IsWord(source[_at]))
            _at++;
        return source[start.._at];
    }

    void Number(bool spaced)
    {
        var start = _at++;
        while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] is '.' or '_'))
            _at++;
        Add(TokenKind.Number, source[start.._at], spaced);
    }

    void Raw(bool spaced)
    {
        var end = source.IndexOf('`', _at + 1);
        if (end < 0)
            throw new TemplateException("template: :1: unterminated raw quoted string");
        var text = source[(_at + 1)..end];
        _at = end + 1;
        Add(TokenKind.String, text, spaced);
    }

    void Quoted(bool spaced)
    {
        var text = new StringBuilder();
        _at++;
        while (true)
        {
            if (_at >= source.Length || source[_at] == '\n')
                throw new TemplateException("template: :1: unterminated quoted string");
            var c = source[_at++];
            if (c == '"')
                break;
            if (c == '\\' && _at < source.Length)
                text.Append(Unescape(source[_at++]));
            else
                text.Append(c);
        }
        Add(TokenKind.String, text.ToString(), spaced);
    }

    static char Unescape(char c) =>
        c switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            _ => c,
        };

    static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    static string Describe(char c) => c == '"' ? "\"\\\"\"" : $"\"{c}\"";
}
