using System.Globalization;
using System.Text.RegularExpressions;
using Deployment.Migrations;

namespace Deployment.Sql.Scripts;

/// <summary>
/// What a file's name says: <c>001_add-email.expand.sql</c>, its companions <c>001_add-email.expand.undo.sql</c> and
/// <c>001_add-email.expand.verify.sql</c>, and <c>R_reports.sql</c>, which is repeatable.
/// </summary>
/// <param name="FileName">The whole name.</param>
/// <param name="Id">The script's id: the name without part and extension.</param>
/// <param name="Number">The number of the change; null for a repeatable script.</param>
/// <param name="Name">The name of the change.</param>
/// <param name="Phase">The phase.</param>
/// <param name="Part">Script or companion.</param>
internal sealed partial record SqlFileName(string FileName, string Id, int? Number, string Name, MigrationPhase Phase, SqlFilePart Part)
{
    internal const string Rule =
        "Call it NUMBER_NAME.PHASE.sql, such as 001_add-email.expand.sql (phases: expand, backfill, contract; companions: 001_add-email.expand.undo.sql, "
        + "001_add-email.expand.verify.sql), or R_NAME.sql where it is repeatable. A number has 3 to 6 digits; a name has a-z, 0-9, - and _, at most 80.";

    private const int MaxName = 80;

    /// <summary>Reads a name; null where it is none of a script.</summary>
    internal static SqlFileName? Read(string fileName)
    {
        Match match = Form().Match(fileName);
        if (!match.Success || match.Groups["name"].Length > MaxName)
        {
            return null;
        }

        string part = match.Groups["part"].Value;
        int? number = match.Groups["number"] is { Success: true } digits ? int.Parse(digits.Value, CultureInfo.InvariantCulture) : null;
        return new SqlFileName(
            fileName,
            match.Groups["id"].Value,
            number,
            match.Groups["name"].Value,
            match.Groups["phase"] is { Success: true } phase ? Enum.Parse<MigrationPhase>(phase.Value, ignoreCase: true) : MigrationPhase.Expand,
            part.Length == 0 ? SqlFilePart.Script : Enum.Parse<SqlFilePart>(part, ignoreCase: true));
    }

    // \z and not $: a name may end with a line break.
    [GeneratedRegex(@"\A(?<id>(?:(?<number>[0-9]{3,6})_(?<name>[a-z0-9][a-z0-9_-]*)\.(?<phase>expand|backfill|contract))|(?:R_(?<name>[a-z0-9][a-z0-9_-]*)))(?:\.(?<part>undo|verify))?\.sql\z")]
    private static partial Regex Form();
}
