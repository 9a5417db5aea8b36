using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>Makes the version of a revision, without traffic.</summary>
internal sealed class InstallVerb(LambdaOperations lambda) : Verb<InstallArguments>("install", Repeatability.Idempotent, VerbJson.Default.InstallArguments)
{
    protected override VerbDescription Describe(InstallArguments arguments) => new(
        LambdaLines.AsOne(lambda.Lines.Install(arguments.Revision, arguments.Function)),
        $"{lambda.Place.Function} has a version of {arguments.Revision}, which can be invoked{(arguments.Function.ProvisionedConcurrency is { } executions && !arguments.IsKept ? $", with {executions} warm environments," : "")} and takes no traffic.",
        "The version has this code and can be invoked.")
    {
        VerificationCommands = lambda.Lines.ShowVersion(arguments.Revision),
        Notes = [.. arguments.Notes],
    };

    protected override async Task RunAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        int number = await lambda.Install(context).RunAsync(arguments.Revision, arguments.Function, arguments.IsKept, cancellationToken);
        await lambda.Alias(context).MarkAsync(seen => seen.Installed(number), cancellationToken);
        context.Report($"Version {number} is {arguments.Revision}.");
    }

    protected override Task<string?> VerifyAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        lambda.Install(context).VerifyAsync(arguments.Revision, arguments.Function, arguments.IsKept, cancellationToken);
}
