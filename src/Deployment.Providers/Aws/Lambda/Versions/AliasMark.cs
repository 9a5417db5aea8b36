using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>
/// What an alias's description says at its end: <c>[deployment epoch 7, up to 9 standing 5 9]</c>. It is changed in the very call that changes the traffic, which is
/// refused where another one came first: so a run that was overtaken never moves the traffic, not even once. It says what stands and not what ended, since of that
/// there is more and more.
/// </summary>
/// <param name="Words">A person's own words, which come before it.</param>
/// <param name="Epoch">The epoch of the run that acted last; zero where none did.</param>
/// <param name="Known">The newest version that had all users, or ended all the same; zero where there was none. Newer ones of the target stand.</param>
/// <param name="Standing">The versions up to that which stand, and those of others that users had before.</param>
internal sealed partial record AliasMark(string Words, long Epoch, int Known, ImmutableArray<int> Standing)
{
    // docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
    private const int LongestDescription = 256;
    private const int LongestWords = 120;

    public static AliasMark None { get; } = new("", 0, 0, []);

    public static AliasMark Parse(string? description)
    {
        if (description is null || Form().Match(description) is not { Success: true } match || !long.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long epoch))
        {
            return None with { Words = description ?? "" };
        }

        int known = match.Groups[2].Success ? Number(match.Groups[2].Value) : 0;
        return new AliasMark(description[..match.Index], epoch, known, [.. match.Groups[3].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)]);
    }

    /// <summary>Null when AWS takes it, as a sentence why not.</summary>
    public string? Problem(string alias) =>
        Words.TrimEnd().Length > LongestWords ? $"The description of the alias {alias} is {Words.TrimEnd().Length} characters long, and a deployment writes into it which run acted last. Shorten it to {LongestWords} characters."
        : ToString().Length > LongestDescription ? $"{Standing.Length} versions stand behind the alias {alias}, more than fit its description. Shorten that, or remove versions that nobody needs."
        : null;

    public override string ToString()
    {
        string standing = Known == 0 && Standing.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", up to {Known} standing{string.Concat(Standing.Select(number => string.Create(CultureInfo.InvariantCulture, $" {number}")))}");
        return string.Create(CultureInfo.InvariantCulture, $"{Words}{(Words.Length > 0 && !Words.EndsWith(' ') ? " " : "")}[deployment epoch {Epoch}{standing}]");
    }

    public bool Equals(AliasMark? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\[deployment epoch ([0-9]{1,19})(?:, up to ([0-9]{1,9}) standing((?: [0-9]{1,9})*))?\]\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
