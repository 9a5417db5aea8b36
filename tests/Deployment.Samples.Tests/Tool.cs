namespace Deployment.Samples.Tests;

/// <summary>What a test needs on the machine. Without it the test is skipped, but never where CI=true: there it must be installed.</summary>
internal static class Tool
{
    public static void Require(string program)
    {
        bool found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
        if (found)
        {
            return;
        }

        string reason = $"{program} is not installed.";
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(reason + " CI must have it.");
        }

        Assert.Ignore(reason);
    }
}
