using System.Globalization;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Router;
using Deployment.Providers.Local.Supervisor;

namespace Deployment.Providers.Local;

/// <summary><c>dotnet exec Deployment.Providers.Local.dll supervisor FOLDER | router FOLDER PORT</c></summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["supervisor", string folder] when Path.IsPathFullyQualified(folder):
                return await SupervisorProgram.RunAsync(new StateFolder(folder), CancellationToken.None);
            case ["router", string folder, string text] when Path.IsPathFullyQualified(folder) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port):
                return await RouterProgram.RunAsync(new StateFolder(folder), port, CancellationToken.None);
            default:
                return ExitCodes.Usage;
        }
    }
}
