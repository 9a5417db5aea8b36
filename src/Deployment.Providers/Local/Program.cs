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
    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["supervisor", "--print-unit", string folder, .. string[] user] when Path.IsPathFullyQualified(folder) && user.Length < 2:
                Print(new LocalHost(folder).SystemdUnit(user.FirstOrDefault()));
                return 0;
            case ["supervisor", string folder] when Path.IsPathFullyQualified(folder):
                return await SupervisorProgram.RunAsync(new StateFolder(folder), CancellationToken.None);
            case ["router", string folder, string text] when Path.IsPathFullyQualified(folder) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port):
                return await RouterProgram.RunAsync(new StateFolder(folder), port, CancellationToken.None);
            default:
                return ExitCodes.Usage;
        }
    }

    private static void Print(string text)
    {
        using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write);
        output.Write(Encoding.UTF8.GetBytes(text));
    }
}
