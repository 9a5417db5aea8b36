namespace QuickStart.Options;

/// <summary>What the command line says.</summary>
internal sealed record QuickStartOptions
{
    public const string HelpText = """
        Deploys a small shop under load: 1.0.0, then 1.1.0 without a failed request, then 1.2.0, which is broken and goes back by itself.

          dotnet run --project samples/QuickStart
          dotnet run --project samples/QuickStart -- --app "COMMAND" [--health PATH] [--stay]

        --app "COMMAND"  Deploys a web server of yours instead, as 1.0.0 and then as 1.1.0, under load.
                         COMMAND is split into words; single and double quotes are understood, but no shell reads it.
                         {port} stands for the port that the server must listen on, which it also finds in PORT.
                         VERSION tells it the version. It runs in the current folder.
        --health PATH    What the server answers with 200 when it is well; users ask for it, too. Default /.
        --stay           Goes on serving at the end, until Ctrl-C.
        --help           Shows this.

        Examples for COMMAND:
          python3 -m http.server --bind 127.0.0.1 {port}
          node samples/QuickStart/servers/hello.js {port}
          sh samples/QuickStart/servers/nginx.sh {port}

        Exit codes: 0 all went as described, 1 it did not, 2 the command line is wrong, 130 stopped by Ctrl-C.
        Everything is written to artifacts/quickstart under the repository; see docs/quickstart.md.
        """;

    /// <summary>The command of the user's own server, in words; null for the shop.</summary>
    public IReadOnlyList<string>? App { get; private init; }

    public string Health { get; private init; } = "/";

    public bool Stay { get; private init; }

    public bool Help { get; private init; }

    /// <exception cref="OptionsException">There is an option that can't be understood.</exception>
    public static QuickStartOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new QuickStartOptions();
        bool healthGiven = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--help" or "-h" or "-?":
                    return new QuickStartOptions { Help = true };
                case "--app":
                    options = options with { App = CommandWords.Split(Value(arguments, ref i)) };
                    break;
                case "--health":
                    options = options with { Health = Path(Value(arguments, ref i)) };
                    healthGiven = true;
                    break;
                case "--stay":
                    options = options with { Stay = true };
                    break;
                default:
                    throw new OptionsException($"'{arguments[i]}' is no option. There are --app, --health, --stay and --help.");
            }
        }

        if (healthGiven && options.App is null)
        {
            throw new OptionsException("--health goes with --app: the shop has a health check of its own.");
        }

        if (options.App is [var program, ..])
        {
            Programs.Require(program);
        }

        return options;
    }

    private static string Value(IReadOnlyList<string> arguments, ref int i) =>
        i + 1 < arguments.Count ? arguments[++i] : throw new OptionsException($"{arguments[i]} needs a value. See --help.");

    private static string Path(string path) =>
        path.StartsWith('/') && path.All(c => c is > ' ' and <= '~')
            ? path
            : throw new OptionsException($"--health takes a path that begins with '/', such as /health, not '{path}'.");
}
