using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>
/// What an alias's description says at its end: <c>[deployment epoch 7, ended 3 5]</c>. It is changed in the very call that changes the traffic, which is refused
/// where another one came first: so a run that was overtaken never moves the traffic, not even once.
/// </summary>
/// <param name="Words">A person's own words, which come before it.</param>
/// <param name="Epoch">The epoch of the run that acted last; zero where none did.</param>
/// <param name="Ended">Versions that were removed, and are kept for going back: the last one removed is the last.</param>
internal sealed partial record AliasMark(string Words, long Epoch, ImmutableArray<int> Ended)
{
    // docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
    private const int LongestDescription = 256;
    private const int LongestWords = 150;

    public static AliasMark None { get; } = new("", 0, []);

    public static AliasMark Parse(string? description)
    {
        if (description is null || Form().Match(description) is not { Success: true } match)
        {
            return None with { Words = description ?? "" };
        }

        ImmutableArray<int> ended = [.. match.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture))];
        return long.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long epoch) ? new AliasMark(description[..match.Index], epoch, ended) : None with { Words = description };
    }

    /// <summary>Null when there is room for it.</summary>
    public string? Problem(string alias) => Words.Length <= LongestWords ? null
        : $"The description of the alias {alias} is {Words.Length} characters long, and a deployment writes into it which run acted last. Shorten it to {LongestWords} characters.";

    /// <summary>The same where a version was removed and is kept.</summary>
    public AliasMark WithEnded(int version) => this with { Ended = [.. Ended.Where(number => number != version), version] };

    /// <summary>The same without versions that stand again, or are gone.</summary>
    public AliasMark Without(IEnumerable<int> versions) => this with { Ended = [.. Ended.Except(versions)] };

    /// <summary>The description; the oldest of what ended is left out where there is no room.</summary>
    public override string ToString()
    {
        string ended = Ended.Length == 0 ? "" : ", ended " + string.Join(' ', Ended.Select(number => number.ToString(CultureInfo.InvariantCulture)));
        string text = string.Create(CultureInfo.InvariantCulture, $"{Words}{(Words.Length > 0 && !Words.EndsWith(' ') ? " " : "")}[deployment epoch {Epoch}{ended}]");
        return text.Length <= LongestDescription || Ended.Length == 0 ? text : (this with { Ended = Ended[1..] }).ToString();
    }

    public bool Equals(AliasMark? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    [GeneratedRegex(@"\[deployment epoch ([0-9]{1,19})(?:, ended ([0-9]{1,9}(?: [0-9]{1,9})*))?\]\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
