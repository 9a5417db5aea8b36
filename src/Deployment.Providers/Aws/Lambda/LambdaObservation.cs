using System.Collections.Immutable;
using System.Globalization;
using Deployment.Execution;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Lambda.Versions;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>What a target's function, its versions and its alias add up to.</summary>
internal sealed class LambdaObservation(LambdaPlace place)
{
    /// <summary>The property with why two versions can't share the traffic; absent where they can.</summary>
    public const string Weights = "weights";

    /// <summary>The property with who calls the function without its alias, a line each; absent where nobody does.</summary>
    public const string Bypassed = "bypassed";

    /// <summary>The property with what the function takes: <c>Zip</c> or <c>Image</c>.</summary>
    public const string Package = "package";

    /// <summary>The property that says that AWS makes snapshots of versions; absent where it doesn't.</summary>
    public const string Snapshots = "snapshots";

    private const int MostAtOnce = 4;

    public async Task<Observation> LookAsync(CancellationToken cancellationToken)
    {
        FunctionView view;
        try
        {
            view = await place.LookAsync(cancellationToken);
        }
        catch (AwsFailure failure) when (failure.IsNotFound)
        {
            return new Observation { Target = place.Target, Problems = [$"There is no function {place.Function}: {failure.Message} A target brings versions of a function that stands; make it first, with its role and its triggers."] };
        }

        int[] numbers = [.. view.Standing.Select(version => version.Number)];
        IReadOnlyList<FunctionConfiguration> seen = await SideBySide.RunAsync(
            numbers, MostAtOnce, $"Versions of {place.Function} can't be looked at", Text, number => place.Api.GetFunctionConfigurationAsync(place.Function, Text(number), cancellationToken));
        Dictionary<int, FunctionConfiguration> states = numbers.Zip(seen).ToDictionary(pair => pair.First, pair => pair.Second);
        return new Observation
        {
            Target = place.Target,
            Revisions = [.. numbers.GroupBy(view.RevisionOf).OrderBy(revision => revision.Key.ToString(), StringComparer.Ordinal).Select(revision => Of(revision, states))],
            Traffic = view.Shares.Problem is null ? view.Traffic : TrafficSplit.None,
            Epochs = Epochs(view),
            Properties = await PropertiesAsync(view, states, cancellationToken),
            Problems = [.. Problems(view)],
        };
    }

    private static ObservedRevision Of(IGrouping<RevisionId, int> revision, Dictionary<int, FunctionConfiguration> states)
    {
        FunctionConfiguration[] versions = [.. revision.Select(number => states[number])];
        return new ObservedRevision(revision.Key, versions.Any(version => version.State is null or "Active") ? 1 : 0, [.. versions.Select(version => version.FunctionArn).Select(arn => Uri.TryCreate(arn, UriKind.Absolute, out Uri? address) ? address : null).OfType<Uri>().TakeLast(1)]);
    }

    private IEnumerable<string> Problems(FunctionView view)
    {
        if (view.Latest.State == "Failed")
        {
            yield return $"The function {place.Function} can't run: {FunctionWaiting.Reason(view.Latest.StateReason, view.Latest.StateReasonCode)} Mend that first.";
        }

        if (view.Shares.Problem is { } problem)
        {
            yield return problem;
        }

        if (view.Alias is not null && view.Mark.Problem(place.Alias) is { } words)
        {
            yield return words;
        }

        foreach (int missing in view.Shares.Shares.Keys.Where(number => view.Versions.All(version => version.Number != number)))
        {
            yield return $"The alias {place.Alias} points at version {missing}, which isn't among the function's versions. Look: aws lambda list-versions-by-function --function-name {place.Function}.";
        }

        if (view.Shares.Shares.Count > 1 && view.Shares.Shares.Keys.FirstOrDefault(number => view.Own.All(version => version.Number != number)) is var other and not 0)
        {
            yield return $"The alias {place.Alias} shares its traffic between {view.Traffic}, and {place.Target} didn't make version {other}: somebody else's shift is under way. Let it end, or give all traffic to one version: aws lambda update-alias --routing-config AdditionalVersionWeights={{}}.";
        }
    }

    private async Task<ImmutableSortedDictionary<string, string>> PropertiesAsync(FunctionView view, Dictionary<int, FunctionConfiguration> states, CancellationToken cancellationToken)
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        properties["function"] = place.Function;
        properties["alias"] = place.Alias;
        properties[Package] = view.Latest.PackageType == "Image" ? "Image" : "Zip";
        if (view.Latest.SnapStart?.ApplyOn == "PublishedVersions")
        {
            properties[Snapshots] = "PublishedVersions";
        }

        if (view.Live is { } live && states.TryGetValue(live, out FunctionConfiguration? users) && WhyNoWeights(view.Latest, live, users) is { } why)
        {
            properties[Weights] = why;
        }

        IReadOnlyList<string> bypasses = await new Bypasses(place).FindAsync(cancellationToken);
        if (bypasses.Count > 0)
        {
            properties[Bypassed] = string.Join('\n', bypasses);
        }

        return properties.ToImmutable();
    }

    /// <summary>AWS lets an alias share only between versions with one role and one dead-letter queue (docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html).</summary>
    private static string? WhyNoWeights(FunctionConfiguration latest, int live, FunctionConfiguration users) =>
        latest.Role != users.Role ? $"the new version has the role {Naming.PrintableUpTo(latest.Role ?? "", 200)} and version {live} has {Naming.PrintableUpTo(users.Role ?? "", 200)}, and an alias shares only between versions with one role"
        : latest.DeadLetterConfig?.TargetArn != users.DeadLetterConfig?.TargetArn ? $"the new version has the dead-letter queue {Naming.PrintableUpTo(latest.DeadLetterConfig?.TargetArn ?? "none", 200)} and version {live} has {Naming.PrintableUpTo(users.DeadLetterConfig?.TargetArn ?? "none", 200)}, and an alias shares only between versions with the same"
        : null;

    private static ImmutableSortedDictionary<string, long> Epochs(FunctionView view) => view.Epoch == 0 ? ImmutableSortedDictionary<string, long>.Empty : view.Own
        .Select(version => version.Name!.Revision.Application)
        .Distinct(StringComparer.Ordinal)
        .ToImmutableSortedDictionary(application => application, _ => view.Epoch, StringComparer.Ordinal);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
