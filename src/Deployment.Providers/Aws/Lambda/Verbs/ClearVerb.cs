using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>Takes the alias and the version away: the way back from a first deployment.</summary>
internal sealed class ClearVerb(LambdaOperations lambda) : Verb<RemoveArguments>("clear", Repeatability.Idempotent, VerbJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        LambdaLines.AsOne([.. lambda.Lines.Route(TrafficSplit.None), .. lambda.Lines.Remove(arguments.Revision)]),
        $"{lambda.Place.Function} has no alias {lambda.Place.Alias}, and no version of {arguments.Revision}.",
        "There is no alias, and no version of the revision.")
    {
        VerificationCommands = lambda.Lines.ShowVersions(),
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await lambda.Latest(context).WriteAsync(arguments.Revision, cancellationToken);
        await lambda.Alias(context).RouteAsync(new RouteArguments(TrafficSplit.None), alsoEnds: false, cancellationToken);
        await lambda.Removal(context).RemoveAsync(arguments.Revision, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) => lambda.VerifyAsync(TrafficSplit.None, cancellationToken);
}
