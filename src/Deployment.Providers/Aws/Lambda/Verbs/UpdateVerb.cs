using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>Makes the version of a revision and gives it all traffic at once.</summary>
internal sealed class UpdateVerb(LambdaOperations lambda) : Verb<InstallArguments>("update", Repeatability.Idempotent, VerbJson.Default.InstallArguments)
{
    protected override VerbDescription Describe(InstallArguments arguments) => new(
        LambdaLines.AsOne([.. lambda.Lines.Install(arguments.Revision, arguments.Function), .. lambda.Lines.Route(TrafficSplit.AllTo(arguments.Revision))]),
        $"The alias {lambda.Place.Alias} of {lambda.Place.Function} routes everything to the version of {arguments.Revision}.",
        "The version has this code and can be invoked, and the alias routes everything to it.")
    {
        VerificationCommands = [.. lambda.Lines.ShowVersion(arguments.Revision), .. lambda.Lines.ShowAlias()],
        Notes = [.. arguments.Notes],
    };

    protected override async Task RunAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await lambda.Install(context).RunAsync(arguments.Revision, arguments.Function, arguments.IsKept, cancellationToken);
        await lambda.Alias(context).RouteAsync(
            new RouteArguments(TrafficSplit.AllTo(arguments.Revision)) { From = arguments.From, IsBack = arguments.IsKept, Warm = arguments.Function.ProvisionedConcurrency is null || arguments.IsKept ? [] : [arguments.Revision] },
            alsoEnds: true,
            cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        await lambda.Install(context).VerifyAsync(arguments.Revision, arguments.Function, arguments.IsKept, cancellationToken)
        ?? await lambda.VerifyAsync(TrafficSplit.AllTo(arguments.Revision), cancellationToken);
}
