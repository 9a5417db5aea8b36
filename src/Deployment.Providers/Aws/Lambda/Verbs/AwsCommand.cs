using Deployment.Commands;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>The aws tool with the options' region, profile and address, as a person types it.</summary>
internal static class AwsCommand
{
    public static string Of(AwsOptions options, params IEnumerable<string> words) => string.Join(' ', new[]
    {
        "aws",
        options.Region is null ? null : $"--region {CommandLine.Quote(options.Region)}",
        options.Profile is null ? null : $"--profile {CommandLine.Quote(options.Profile)}",
        options.Endpoint is null ? null : $"--endpoint-url {CommandLine.Quote(options.Endpoint.ToString().TrimEnd('/'))}",
    }.OfType<string>().Concat(words));
}
