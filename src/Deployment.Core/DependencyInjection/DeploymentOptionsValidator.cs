using Microsoft.Extensions.Options;

namespace Deployment;

/// <summary>Validates the options and every pipeline together.</summary>
internal sealed class DeploymentOptionsValidator(IServiceProvider provider) : IValidateOptions<DeploymentOptions>
{
    public ValidateOptionsResult Validate(string? name, DeploymentOptions options)
    {
        List<string> errors = [.. options.Engine.Validate().Select(problem => $"Engine.{problem}")];
        if (options.WorkerInterval < TimeSpan.FromSeconds(1) || options.WorkerInterval > TimeSpan.FromDays(1))
        {
            errors.Add($"WorkerInterval is {options.WorkerInterval}; it must be 1 second to 1 day.");
        }

        if (options.StoreFolder is { } folder && (folder.Length == 0 || folder.Contains('\0', StringComparison.Ordinal)))
        {
            errors.Add("StoreFolder is not a path. Leave it out for the default folder.");
        }

        errors.AddRange(DeploymentPipelines.Problems(options, provider));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
