using Deployment.Json;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Routing;

/// <summary>Switches a router to a split, and waits until what lost its share has finished.</summary>
internal sealed class RoutingVerb(RoutedTraffic traffic) : Verb<RoutingArguments>("route", Repeatability.Idempotent, CoreJson.Default.RoutingArguments)
{
    protected override VerbDescription Describe(RoutingArguments arguments)
    {
        ServingCommands serving = traffic.CommandsOf(arguments.Split);
        return new VerbDescription(
            [.. serving.Before, .. traffic.Router.RouteCommands(arguments.Split, arguments.Reachable, arguments.Preview, traffic.AddressCommand), .. serving.After],
            Expected(arguments),
            arguments.Preview is null ? "The router itself says that it follows this split." : "The router itself says that it follows this split and previews this revision.")
        {
            VerificationCommands = traffic.Router.ShowCommands(),
        };
    }

    protected override async Task RunAsync(RoutingArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        List<RoutedRevision> revisions = [];
        foreach (RevisionId revision in arguments.Split.Shares.Select(share => share.Key).Concat(arguments.Reachable))
        {
            revisions.Add(new RoutedRevision(revision, arguments.Split.ShareOf(revision), await traffic.InstancesAsync(revision, context, cancellationToken)));
        }

        // What gets users must come back by itself from the first of them on, and what loses them until it has finished.
        TrafficSplit before = (await traffic.Router.ReadAsync(cancellationToken)).Table.Traffic;
        await traffic.ServingAsync([before, arguments.Split], context, cancellationToken);
        await traffic.Router.ApplyAsync(new RoutingTable(revisions, arguments.Preview), context, cancellationToken);
        await traffic.ServingAsync([arguments.Split], context, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(RoutingArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        RouterState seen = await traffic.Router.ReadAsync(cancellationToken);
        return seen.Table.Preview != arguments.Preview ? $"{traffic.Router.Name} previews {seen.Table.Preview?.ToString() ?? "nothing"}."
            : !seen.Table.Traffic.Equals(arguments.Split) ? $"{traffic.Router.Name} routes {seen.Table.Traffic}."
            : seen.Problems.Count > 0 ? seen.Problems[0]
            : null;
    }

    private string Expected(RoutingArguments arguments) =>
        (arguments.Preview is { } preview ? $"{traffic.Router.PreviewAddress} is answered by {preview}, and " : "")
        + (arguments.Split.IsEmpty ? $"{traffic.Target} answers 503." : $"{traffic.Target} routes {arguments.Split}, and nothing is in flight on a revision without a share.");
}
