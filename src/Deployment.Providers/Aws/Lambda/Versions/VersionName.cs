using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>What a version's description says: <c>shop_2.4.0_1 on live, epoch 7</c>. A version never changes, so it bears that as long as it stands.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Target">The target: a function may have several, and each its own settings.</param>
/// <param name="Epoch">The epoch of the run that made it; zero where a person did.</param>
internal sealed partial record VersionName(RevisionId Revision, string Target, long Epoch)
{
    // docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
    private const int LongestDescription = 256;

    public static bool TryParse(string? description, [NotNullWhen(true)] out VersionName? name)
    {
        name = null;
        if (description is not { Length: <= LongestDescription } || Form().Match(description) is not { Success: true } match || !RevisionId.TryParse(match.Groups[1].Value, out RevisionId? revision))
        {
            return false;
        }

        long epoch = 0;
        if (match.Groups[3].Success && !long.TryParse(match.Groups[3].Value, NumberStyles.None, CultureInfo.InvariantCulture, out epoch))
        {
            return false;
        }

        name = new VersionName(revision, match.Groups[2].Value, epoch);
        return true;
    }

    /// <summary>What a person writes, who has no epoch.</summary>
    public static string ByHand(RevisionId revision, string target) => $"{revision} on {target}";

    /// <summary>Null when every epoch leaves room for it.</summary>
    public static string? Problem(RevisionId revision, string target) =>
        new VersionName(revision, target, long.MaxValue).ToString().Length <= LongestDescription ? null
            : $"{revision} on {target} is too long for the description of a version, by which it is found again: AWS allows {LongestDescription} characters. Take a shorter version or name.";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ByHand(Revision, Target)}, epoch {Epoch}");

    [GeneratedRegex(@"\A(\S+) on ([A-Za-z0-9.-]+)(?:, epoch ([0-9]{1,19}))?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
