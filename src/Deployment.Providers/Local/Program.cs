using System.Globalization;
using System.Text;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Router;
using Deployment.Providers.Local.Supervisor;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Providers.Local;

/// <summary><c>dotnet exec Deployment.Providers.Local.dll supervisor FOLDER | supervisor --print-unit FOLDER [USER] | router FOLDER PORT</c></summary>
internal static class Program
{
    private const string Usage = """
        usage: Deployment.Providers.Local.dll supervisor FOLDER
               Deployment.Providers.Local.dll supervisor --print-unit FOLDER [USER]
               Deployment.Providers.Local.dll router FOLDER PORT
        FOLDER is the state folder, an absolute path.

        """;

    public static async Task<int> Main(string[] arguments)
    {
        try
        {
            return await RunAsync(arguments);
        }
        catch (DeploymentException error) when (arguments is ["supervisor", "--print-unit", ..])
        {
            Print(2, error.Message + '\n');
            return ExitCodes.Usage;
        }
    }

    private static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["supervisor", "--print-unit", string folder, .. string[] user] when Path.IsPathFullyQualified(folder) && user.Length < 2:
                Print(1, new LocalHost(folder).SystemdUnit(user.FirstOrDefault()));
                return 0;
            case ["supervisor", string folder] when Path.IsPathFullyQualified(folder):
                return await SupervisorProgram.RunAsync(new StateFolder(folder), CancellationToken.None);
            case ["router", string folder, string text] when Path.IsPathFullyQualified(folder) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port):
                return await RouterProgram.RunAsync(new StateFolder(folder), port, CancellationToken.None);
            default:
                Print(2, Usage);
                return ExitCodes.Usage;
        }
    }

    private static void Print(int descriptor, string text)
    {
        using var output = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write);
        output.Write(Encoding.UTF8.GetBytes(text));
    }
}
