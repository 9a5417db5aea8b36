namespace Deployment;

/// <summary>Something was composed or given wrongly. All errors are reported together and nothing was changed.</summary>
public sealed class DeploymentValidationException : DeploymentException
{
    /// <summary>Creates the exception from every error found.</summary>
    /// <param name="what">What was validated, such as <c>pipeline 'shop'</c>.</param>
    /// <param name="errors">At least one error.</param>
    public DeploymentValidationException(string what, IReadOnlyList<string> errors)
        : base(Compose(what, errors)) => Errors = errors;

    /// <summary>Every error, in the order found.</summary>
    public IReadOnlyList<string> Errors { get; }

    private static string Compose(string what, IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        return errors.Count == 1
            ? $"{what} is not valid: {errors[0]}"
            : $"{what} is not valid ({errors.Count} errors):{string.Concat(errors.Select(error => "\n- " + error))}";
    }
}
