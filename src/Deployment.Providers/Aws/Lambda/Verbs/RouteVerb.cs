using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>Gives versions their shares of the alias's traffic, in one call.</summary>
internal sealed class RouteVerb(LambdaOperations lambda) : Verb<RouteArguments>("route", Repeatability.Idempotent, VerbJson.Default.RouteArguments)
{
    protected override VerbDescription Describe(RouteArguments arguments) => new(
        LambdaLines.AsOne(lambda.Lines.Route(arguments.Split)),
        arguments.Split.IsEmpty ? $"{lambda.Place.Function} has no alias {lambda.Place.Alias}." : $"The alias {lambda.Place.Alias} of {lambda.Place.Function} routes {arguments.Split}.",
        "The alias itself says that it routes so.")
    {
        VerificationCommands = lambda.Lines.ShowAlias(),
    };

    protected override async Task RunAsync(RouteArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        if (arguments is { Split.IsEmpty: true, From.Shares: [var first, ..] } && first.Key.Application != lambda.Place.Target)
        {
            // The alias takes its epoch with it.
            await lambda.Latest(context).WriteAsync(first.Key, cancellationToken);
        }

        await lambda.Alias(context).RouteAsync(arguments, alsoEnds: false, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(RouteArguments arguments, EffectContext context, CancellationToken cancellationToken) => lambda.VerifyAsync(arguments.Split, cancellationToken);
}
