namespace Deployment.Sql;

/// <summary>What <see cref="PlainSqlDialect"/> has to be told of a database.</summary>
public sealed class PlainSqlOptions
{
    /// <summary>Whether a change of the schema is rolled back with its transaction, as in SQLite and SQL Server, and not in MySQL and Oracle. Where it isn't, each statement and how far the script came are commits of their own. Default false, which is right for all.</summary>
    public bool HasTransactionalSchema { get; set; }

    /// <summary>The type of a column that holds a script, up to 4 MiB, such as <c>longtext</c> in MySQL and <c>nvarchar(max)</c> in SQL Server. Default <c>text</c>.</summary>
    public string TextType { get; set; } = "text";

    /// <summary>The type of a column that holds a short text and may be a key: at least 200 characters. Default <c>varchar(200)</c>.</summary>
    public string KeyType { get; set; } = "varchar(200)";

    /// <summary>The characters before and behind a quoted name: two, such as <c>``</c> in MySQL. Default two double quotes, as standard SQL has it.</summary>
    public string Quotes { get; set; } = "\"\"";

    internal IEnumerable<string> Problems()
    {
        foreach ((string name, string? type) in new[] { (nameof(TextType), TextType), (nameof(KeyType), KeyType) })
        {
            if (string.IsNullOrWhiteSpace(type) || !type.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '(' or ')' or ',' or '_'))
            {
                yield return $"The {name} of the dialect is no type: it has letters, digits, spaces, '_', ',' and parentheses.";
            }
        }

        if (Quotes is not { Length: 2 } || Quotes.Any(c => char.IsLetterOrDigit(c) || char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            yield return $"The {nameof(Quotes)} of the dialect must be two characters: the one before a name, and the one behind it.";
        }
    }
}
