using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>Which functions may give another value for each row.</summary>
internal static class SqlVolatility
{
    /// <summary>What is computed once, when the column is added. Any other function may be volatile: those of users are, unless they say otherwise.</summary>
    private static readonly HashSet<string> _once =
    [
        "now", "transaction_timestamp", "statement_timestamp", "current_timestamp", "localtimestamp", "current_time", "localtime", "timezone", "date_trunc",
        "to_timestamp", "to_date", "to_char", "to_number", "make_date", "make_time", "make_timestamp", "make_timestamptz", "make_interval", "extract", "date_part", "age",
        "coalesce", "nullif", "greatest", "least", "lower", "upper", "trim", "btrim", "ltrim", "rtrim", "replace", "repeat", "concat", "concat_ws", "format", "length",
        "substring", "substr", "left", "right", "md5", "encode", "decode", "abs", "round", "floor", "ceil", "ceiling", "power", "sqrt", "cast", "array", "row",
        "jsonb_build_object", "jsonb_build_array", "json_build_object", "json_build_array", "to_json", "to_jsonb", "current_setting", "current_schema",
        "int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange", "to_tsvector", "in", "any", "all", "and", "or", "not",
    ];

    /// <summary>The first function of an expression that may be volatile; null where there is none.</summary>
    internal static string? FirstVolatile(IReadOnlyList<SqlToken> expression)
    {
        for (int i = 0; i + 1 < expression.Count; i++)
        {
            // A name behind :: or AS is a type, such as varchar(10).
            bool isCall = expression[i + 1].IsSymbol("(") && SqlValue.Name(expression[i]) is not null && !(i > 0 && (expression[i - 1].IsSymbol("::") || expression[i - 1].Is("as")));
            if (isCall && !_once.Contains(SqlValue.Name(expression[i])!))
            {
                return SqlChars.Printable(SqlValue.Name(expression[i])!);
            }
        }

        return null;
    }
}
