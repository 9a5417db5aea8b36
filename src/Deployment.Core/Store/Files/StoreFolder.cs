namespace Deployment.Store.Files;

internal static class StoreFolder
{
    private const string Name = "deployment";

    internal static string Default(string? stateHome)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Path.Combine(Home(Environment.SpecialFolder.LocalApplicationData), Name);
        }

        // A relative one is to be ignored, says the XDG Base Directory Specification.
        return Path.IsPathRooted(stateHome)
            ? Path.Combine(stateHome, Name)
            : Path.Combine(Home(Environment.SpecialFolder.UserProfile), ".local", "state", Name);
    }

    private static string Home(Environment.SpecialFolder folder) =>
        Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } path
            ? path
            : throw new DeploymentException("This user has no home folder to keep deployments in. Set HOME, or give FileDeploymentStore a folder.");
}
