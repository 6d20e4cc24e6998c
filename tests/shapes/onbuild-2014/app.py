print('app with', open('/usr/src/app/installed.txt').read().strip())
