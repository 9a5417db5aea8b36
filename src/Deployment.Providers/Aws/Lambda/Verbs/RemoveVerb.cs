using Deployment.Providers.Aws.Lambda.Versions;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>Removes a revision that takes no traffic. The newest ones that had users stay as versions, which cost nothing.</summary>
internal sealed class RemoveVerb(LambdaOperations lambda) : Verb<RemoveArguments>("remove", Repeatability.Idempotent, VerbJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        LambdaLines.AsOne(lambda.Lines.Remove(arguments.Revision)),
        $"{arguments.Revision} is no longer held ready by {lambda.Place.Function}. {(lambda.Options.KeptVersions == 0 ? "No version of what had users is kept once the run has succeeded." : $"The newest {lambda.Options.KeptVersions} that had users keep their versions.")}",
        "The revision doesn't stand any more.")
    {
        VerificationCommands = lambda.Lines.ShowVersions(),
        Notes = ["By hand an older version stays, and isn't counted among those that are kept."],
    };

    protected override Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) => lambda.Removal(context).RemoveAsync(arguments.Revision, cancellationToken);

    protected override async Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        FunctionView seen = await lambda.Place.LookAsync(cancellationToken);
        return seen.Alias is not null && seen.Standing.FirstOrDefault(version => seen.RevisionOf(version.Number) == arguments.Revision) is { } left ? $"Version {left.Number} of {lambda.Place.Function} still stands as {arguments.Revision}." : null;
    }
}
