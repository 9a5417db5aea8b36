using System.Text;
using System.Text.RegularExpressions;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>
/// Reads a template. Braces are the query language's own as well, so a word is only what stands in braces alone, as in <c>{revision}</c>:
/// inside of quotes, where a value can be escaped for what it stands in, but for <c>{window}</c>, which stands outside. Two braces,
/// <c>{{id}}</c>, are one that is meant.
/// </summary>
internal sealed partial class TemplateReader
{
    private readonly string _text;
    private readonly List<TemplatePart> _parts = [];
    private readonly List<string> _problems = [];
    private readonly StringBuilder _plain = new();
    private readonly StringBuilder _code = new();
    private char _quote;
    private bool _inRegex;

    private TemplateReader(string text) => _text = text;

    internal static QueryTemplate Read(string text)
    {
        var reader = new TemplateReader(text);
        for (int i = 0; i < text.Length;)
        {
            i = reader.Next(i);
        }

        if (reader._quote != '\0')
        {
            reader._problems.Add("a string in it doesn't end.");
        }

        reader.EndPlain();
        return new QueryTemplate(reader._parts, reader._code.ToString(), reader._problems);
    }

    private int Next(int i)
    {
        char c = _text[i];
        if (c == '{' && Doubled().Match(_text, i) is { Success: true } doubled && _quote != '\0')
        {
            _plain.Append('{').Append(doubled.Groups[1].Value).Append('}');
            return i + doubled.Length;
        }

        if (c == '{' && Word().Match(_text, i) is { Success: true } word)
        {
            Take(word.Groups[1].Value);
            return i + word.Length;
        }

        if (_quote != '\0' && _quote != '`' && c == '\\' && i + 1 < _text.Length)
        {
            _plain.Append(c).Append(_text[i + 1]);
            return i + 2;
        }

        _plain.Append(c);
        if (_quote == '\0' && c is '"' or '\'' or '`')
        {
            string before = _code.ToString().TrimEnd();
            _inRegex = before.EndsWith("=~", StringComparison.Ordinal) || before.EndsWith("!~", StringComparison.Ordinal);
            _quote = c;
            _code.Append("\"\"");
        }
        else if (c == _quote)
        {
            _quote = '\0';
        }
        else if (_quote == '\0')
        {
            _code.Append(c);
        }

        return i + 1;
    }

    private void Take(string word)
    {
        bool isWindow = word == TemplateWords.Window;
        if (!isWindow && !TemplateWords.IsValue(word))
        {
            _problems.Add($"{{{word}}} isn't known. There are {TemplateWords.All}; braces that are meant are doubled, {{{{{word}}}}}.");
        }
        else if (isWindow ? _quote != '\0' : _quote == '\0')
        {
            _problems.Add(isWindow ? "{window} is a duration and stands outside of quotes, [{window}]." : $"{{{word}}} must stand in the quotes of a label's value.");
        }
        else if (_quote == '`')
        {
            _problems.Add($"{{{word}}} stands in a string of back quotes, which can't hold every value. Take double quotes.");
        }

        EndPlain();
        _parts.Add(new TemplatePart(word, IsWord: true, _quote, _inRegex));
        if (_quote == '\0')
        {
            _code.Append(word);
        }
    }

    private void EndPlain()
    {
        if (_plain.Length > 0)
        {
            _parts.Add(new TemplatePart(_plain.ToString()));
            _plain.Clear();
        }
    }

    [GeneratedRegex(@"\G\{([A-Za-z_]+)\}")]
    private static partial Regex Word();

    [GeneratedRegex(@"\G\{\{([^{}""'`\\]*)\}\}")]
    private static partial Regex Doubled();
}
