using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>What a look at a function saw: what can be changed, its versions, and the alias.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Latest">What can be changed.</param>
/// <param name="Alias">The alias; null where there is none.</param>
/// <param name="Versions">The published versions, by number.</param>
internal sealed record FunctionView(string Target, FunctionConfiguration Latest, AliasConfiguration? Alias, ImmutableArray<NumberedVersion> Versions)
{
    private const string Foreign = "0.0.0-version.";

    public AliasMark Mark { get; } = AliasMark.Parse(Alias?.Description);

    public AliasShares Shares { get; } = AliasShares.Of(Alias);

    /// <summary>The versions that this target made.</summary>
    public IEnumerable<NumberedVersion> Own => Versions.Where(IsOwn);

    /// <summary>Those that weren't removed, and those of others that users have, or had before a deployment.</summary>
    public IEnumerable<NumberedVersion> Standing => Versions.Where(version => Shares.Shares.ContainsKey(version.Number) || Mark.Standing.Contains(version.Number) || (IsOwn(version) && version.Number > Mark.Known));

    /// <summary>The target's versions that were removed and are still there, by number.</summary>
    public IEnumerable<int> Ended => Own.Except(Standing).Select(version => version.Number);

    /// <summary>The version that takes most of the traffic; null where none does.</summary>
    public int? Live => Shares.Shares.IsEmpty ? null : Shares.Shares.MaxBy(share => share.Value).Key;

    /// <summary>Who has the traffic.</summary>
    public TrafficSplit Traffic => new(Shares.Shares.Select(share => KeyValuePair.Create(RevisionOf(share.Key), share.Value)));

    /// <summary>The highest epoch of a run that acted here; zero where none did.</summary>
    public long Epoch => Own.Select(version => version.Name!.Epoch).Append(Mark.Epoch).Append(Prepared?.Epoch ?? 0).Max();

    /// <summary>What this target is making of the function, or made last; null where that was somebody else.</summary>
    public VersionName? Prepared => VersionName.TryParse(Latest.Description, out VersionName? name) && name.Target == Target ? name : null;

    /// <summary>
    /// The revision that a version is. One that this target didn't make goes by a name made of its number, such as <c>live_0.0.0-version.7_1</c>: so a deployment
    /// to an alias that was made by hand knows what it goes back to.
    /// </summary>
    public RevisionId RevisionOf(int number) => Own.FirstOrDefault(version => version.Number == number)?.Name!.Revision
        ?? new RevisionId(Target, string.Create(CultureInfo.InvariantCulture, $"{Foreign}{number}"), 1);

    /// <summary>The version that a revision is; null where it isn't there. Where several bear its name, the one that users have, or the last.</summary>
    public NumberedVersion? Find(RevisionId revision) =>
        Own.Where(version => version.Name!.Revision == revision).OrderByDescending(version => Shares.Shares.GetValueOrDefault(version.Number)).ThenByDescending(version => version.Number).FirstOrDefault()
        ?? (IsForeign(revision) && AliasShares.TryNumber(revision.Version[Foreign.Length..], out int number)
            ? Versions.FirstOrDefault(version => version.Number == number && version.Name?.Target != Target)
            : null);

    /// <summary>Whether a version never had all users, as far as is known.</summary>
    public bool IsTrial(int number) => number > Mark.Known && number > (Live ?? 0);

    /// <summary>The mark once versions have these shares.</summary>
    /// <param name="shares">Version to share.</param>
    /// <param name="alsoEnds">Whether the target's other versions end.</param>
    public AliasMark Routed(IReadOnlyDictionary<int, int> shares, bool alsoEnds) => Marked(
        shares.Where(share => share.Value == 100 && Own.Any(version => version.Number == share.Key)).Select(share => share.Key).Append(Mark.Known).Max(),
        Standing.Where(version => !alsoEnds || !IsOwn(version)).Select(version => version.Number).Union(shares.Keys));

    /// <summary>The mark once a version stands.</summary>
    public AliasMark Installed(int number) => Marked(Mark.Known, Standing.Select(version => version.Number).Append(number));

    /// <summary>The mark once a version was removed, and is still there.</summary>
    public AliasMark Removed(int number) => Marked(Own.Any(version => version.Number == number) ? Math.Max(Mark.Known, number) : Mark.Known, Standing.Select(version => version.Number).Where(standing => standing != number));

    /// <summary>Refuses to act where it can't be told who has the traffic.</summary>
    /// <exception cref="DeploymentException">Somebody else has set the alias in a way that can't be understood.</exception>
    public void RefuseUnclear()
    {
        if (Shares.Problem is { } problem)
        {
            throw new DeploymentException($"{problem} Nothing was changed.");
        }
    }

    private AliasMark Marked(int known, IEnumerable<int> standing) => Mark with
    {
        Known = known,
        Standing = [.. standing.Where(number => number <= known || Own.All(version => version.Number != number)).Distinct().Order()],
    };

    private bool IsOwn(NumberedVersion version) => version.Name?.Target == Target;

    /// <summary>Refuses to act for a run that another one has overtaken, and for another application's revision than the target's.</summary>
    /// <exception cref="DeploymentException">A newer run was here, or the versions are another application's.</exception>
    public void FenceFor(RevisionId revision, long epoch) => Fence(IsForeign(revision) ? null : revision.Application, epoch);

    /// <summary>Refuses to act for a run that another one has overtaken, and for another application than the target's.</summary>
    /// <exception cref="DeploymentException">A newer run was here, or the versions are another application's.</exception>
    public void Fence(string? application, long epoch)
    {
        if (Epoch > epoch)
        {
            throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"{Target} was changed by a run with epoch {Epoch}, and this one has {epoch}: another process has taken over. Nothing was changed."));
        }

        if (application is not null && Own.FirstOrDefault(version => version.Name!.Revision.Application != application) is { } other)
        {
            throw new DeploymentException($"{Target} has versions of {other.Name!.Revision.Application}, such as {other.Name.Revision}, and is to bring {application}. Give one of the targets another name. Nothing was changed.");
        }
    }
    // It goes by the target's name, which an application may have as well.
    private bool IsForeign(RevisionId revision) => revision.Application == Target && revision.Version.StartsWith(Foreign, StringComparison.Ordinal);
}
