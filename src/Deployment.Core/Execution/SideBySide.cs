namespace Deployment.Execution;

/// <summary>Does the same for several things side by side, a few at a time, to the end of each, and tells every failure.</summary>
internal static class SideBySide
{
    /// <summary>What each of them gave, in the order of the work.</summary>
    /// <param name="work">What it is done for.</param>
    /// <param name="maxConcurrency">How many at a time.</param>
    /// <param name="what">What can't be done, for the message.</param>
    /// <param name="name">What people call one of them.</param>
    /// <param name="run">What is done.</param>
    /// <exception cref="DeploymentException">It failed for some: each is told by name, with its own reason.</exception>
    internal static async Task<IReadOnlyList<TResult>> RunAsync<T, TResult>(IReadOnlyList<T> work, int maxConcurrency, string what, Func<T, string> name, Func<T, Task<TResult>> run)
    {
        var results = new TResult[work.Count];
        var errors = new Exception?[work.Count];
        await Lanes.RunAsync(Enumerable.Range(0, work.Count).ToArray(), maxConcurrency, async index =>
        {
            try
            {
                results[index] = await run(work[index]);
            }
            catch (Exception error) when (error is DeploymentException or IOException or UnauthorizedAccessException)
            {
                errors[index] = error;
            }
        });

        string[] failures = [.. errors.SelectMany((error, index) => error is null ? [] : Told(work.Count > 1 ? name(work[index]) + ": " : "", error))];
        return failures.Length == 0 ? results : throw new SeveralFailuresException(what, failures, [.. errors.OfType<Exception>()]);
    }

    private static IEnumerable<string> Told(string name, Exception error) => (error is SeveralFailuresException several ? several.Failures : [error.Message]).Select(failure => name + failure);
}
