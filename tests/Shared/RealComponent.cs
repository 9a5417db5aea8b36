namespace Deployment.Tests;

/// <summary>A real program that a test needs. Where it is missing the test is skipped, which continuous integration takes for a failure.</summary>
internal static class RealComponent
{
    /// <summary>The path of a program, found as a shell would and where Debian keeps servers; skips the test when there is none.</summary>
    internal static string Require(string program)
    {
        string? found = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
        if (found is null)
        {
            // eng/test.sh looks for these first words.
            Assert.Ignore($"Missing component: {program}. ./eng/test.sh installs what the tests need, if it may.");
        }

        return found!;
    }
}
